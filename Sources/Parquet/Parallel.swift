import Dispatch
import Synchronization

/// Runs a body for 0 to a count less 1, perhaps side by side, and returns when all have ended.
public typealias ParallelRunner = @Sendable (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void

/// Runs `body` by `runner`, or else on a queue.
func run(_ count: Int, by runner: ParallelRunner?, _ body: @Sendable (Int) -> Void) {
  if let runner {
    runner(count, body)
  } else {
    DispatchQueue.concurrentPerform(iterations: count, execute: body)
  }
}

/// The results of `work` for 0 to `count` - 1, in order, `threads` of them at a time; the first failure in order is
/// thrown.
func inParallel<R: Sendable>(
  count: Int, threads: Int, _ runner: ParallelRunner? = nil, _ work: @Sendable (Int) throws(ParquetError) -> R
) throws(ParquetError) -> [R] {
  if threads <= 1 || count <= 1 {
    var results: [R] = []
    for i in 0..<count { results.append(try work(i)) }
    return results
  }
  let results = Mutex([Result<R, ParquetError>?](repeating: nil, count: count))
  let next = Atomic<Int>(0)
  run(min(threads, count), by: runner) { _ in
    while true {
      let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if i >= count { return }
      let result = Result { () throws(ParquetError) in try work(i) }
      results.withLock { $0[i] = result }
    }
  }
  var values: [R] = []
  for result in results.withLock({ $0.compactMap { $0 } }) { values.append(try result.get()) }
  return values
}

import Dispatch
import Synchronization

/// The results of `work` for 0 to `count` - 1, in order, `threads` of them at a time; the first failure in order is
/// thrown.
func inParallel<R: Sendable>(
  count: Int, threads: Int, _ work: @Sendable (Int) throws(ParquetError) -> R
) throws(ParquetError) -> [R] {
  if threads <= 1 || count <= 1 {
    var results: [R] = []
    for i in 0..<count { results.append(try work(i)) }
    return results
  }
  let results = Mutex([Result<R, ParquetError>?](repeating: nil, count: count))
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
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

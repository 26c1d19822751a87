internal import Dispatch
import Synchronization

/// Work in pieces that wait for each other, done by a fixed number of threads.
///
/// With one thread the pieces run on the caller's, in order of readiness and then of addition. When a piece throws, no new
/// piece starts; the error of the piece that was added first is reported, whatever the order in which threads met them.
struct TaskGraph: ~Copyable {
  private struct Item: Sendable {
    var after: [Int]
    var cost: Int
    var body: @Sendable () throws(PipelineError) -> Void
  }

  private var items: [Item] = []

  /// Adds a piece that starts when those in `after` are done. Of the pieces that are ready, the costliest goes first.
  @discardableResult
  mutating func add(after: [Int] = [], cost: Int = 0, _ body: @escaping @Sendable () throws(PipelineError) -> Void)
    -> Int
  {
    items.append(Item(after: after, cost: cost, body: body))
    return items.count - 1
  }

  /// Does all the work.
  func run(threads: Int) throws(PipelineError) {
    let board = Board(items.map { ($0.after, $0.cost) })
    let bodies = items.map(\.body)
    let work: @Sendable () -> Void = {
      while let i = board.take() {
        do throws(PipelineError) {
          try bodies[i]()
          board.done(i)
        } catch { board.failed(i, error) }
      }
    }
    if threads > 1 {
      DispatchQueue.concurrentPerform(iterations: threads) { _ in work() }
    } else {
      work()
    }
    if let error = board.firstError { throw error }
  }

  /// Who waits for whom, and what is ready.
  private final class Board: Sendable {
    private struct State {
      var waiting: [Int]
      var ready: [Int]
      var unfinished: Int
      var running = 0
      var idle = 0
      var errors: [Int: PipelineError] = [:]
    }

    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)
    private let followers: [[Int]]
    private let costs: [Int]

    init(_ items: [(after: [Int], cost: Int)]) {
      var followers = [[Int]](repeating: [], count: items.count)
      for (i, item) in items.enumerated() { for j in item.after { followers[j].append(i) } }
      self.followers = followers
      costs = items.map(\.cost)
      state = Mutex(
        State(
          waiting: items.map(\.after.count), ready: items.indices.filter { items[$0].after.isEmpty },
          unfinished: items.count))
    }

    var firstError: PipelineError? { state.withLock { $0.errors.min { $0.key < $1.key }?.value } }

    /// The next piece, or nil when there will be none. Waits while others may still make one ready.
    func take() -> Int? {
      while true {
        let (next, isOver): (Int?, Bool) = state.withLock { state in
          if !state.errors.isEmpty || state.unfinished == 0 { return (nil, true) }
          if let best = state.ready.indices.max(by: { a, b in
            let (x, y) = (state.ready[a], state.ready[b])
            return costs[x] != costs[y] ? costs[x] < costs[y] : x > y
          }) {
            state.running += 1
            return (state.ready.remove(at: best), false)
          }
          if state.running == 0 { return (nil, true) }
          state.idle += 1
          return (nil, false)
        }
        if let next { return next }
        if isOver { return nil }
        wake.wait()
      }
    }

    func done(_ i: Int) {
      finish { state in
        state.unfinished -= 1
        for j in followers[i] {
          state.waiting[j] -= 1
          if state.waiting[j] == 0 { state.ready.append(j) }
        }
      }
    }

    func failed(_ i: Int, _ error: PipelineError) { finish { $0.errors[i] = error } }

    private func finish(_ update: (inout State) -> Void) {
      let sleepers = state.withLock { state in
        update(&state)
        state.running -= 1
        let sleepers = state.idle
        state.idle = 0
        return sleepers
      }
      for _ in 0..<sleepers { wake.signal() }
    }
  }
}

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

  /// Does all the work. Meanwhile threads that find no piece to do help with what goes through `crew`.
  func run(threads: Int, crew: Crew? = nil) throws(PipelineError) {
    let board = Board(items.map { ($0.after, $0.cost) })
    let bodies = items.map(\.body)
    let work: @Sendable () -> Void = {
      while let next = board.take() {
        switch next {
        case .piece(let i):
          do throws(PipelineError) {
            try bodies[i]()
            board.done(i)
          } catch { board.failed(i, error) }
        case .help(let offer):
          offer.help()
          board.helped(offer)
        }
      }
    }
    crew?.board.withLock { $0 = board }
    defer { crew?.board.withLock { $0 = nil } }
    if threads > 1 {
      DispatchQueue.concurrentPerform(iterations: threads) { _ in work() }
    } else {
      work()
    }
    if let error = board.firstError { throw error }
  }

  /// Work that several threads may do together: each call of `work` does what is left of it.
  final class Offer: Sendable {
    private let work: Mutex<(@Sendable () -> Void)?>
    /// Signalled when the last helper has ended and the owner waits.
    let ended = DispatchSemaphore(value: 0)
    let helpers = Mutex((count: 0, isClosed: false))

    init(_ work: @escaping @Sendable () -> Void) { self.work = Mutex(work) }

    /// Does what is left.
    func help() {
      let work = work.withLock { $0 }
      work?()
    }

    /// Lets the work go: it must not outlive the call that offered it.
    func clear() { work.withLock { $0 = nil } }
  }

  /// What a thread does next.
  enum Next {
    case piece(Int)
    case help(Offer)
  }

  /// Who waits for whom, and what is ready.
  final class Board: Sendable {
    private struct State {
      var offers: [Offer] = []
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

    fileprivate init(_ items: [(after: [Int], cost: Int)]) {
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

    /// The next piece, or else somebody to help, or nil when there will be none. Waits while others may still make one
    /// ready.
    func take() -> Next? {
      while true {
        let (next, isOver): (Next?, Bool) = state.withLock { state in
          if !state.errors.isEmpty || state.unfinished == 0 { return (nil, true) }
          if let best = state.ready.indices.max(by: { a, b in
            let (x, y) = (state.ready[a], state.ready[b])
            return costs[x] != costs[y] ? costs[x] < costs[y] : x > y
          }) {
            state.running += 1
            return (.piece(state.ready.remove(at: best)), false)
          }
          if let offer = state.offers.last {
            offer.helpers.withLock { $0.count += 1 }
            return (.help(offer), false)
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

    /// Does `work` on this thread, and on others that have nothing else to do; returns when all of them have ended.
    func share(_ work: @escaping @Sendable () -> Void) {
      let offer = Offer(work)
      let sleepers = state.withLock { state in
        state.offers.append(offer)
        let sleepers = state.idle
        state.idle = 0
        return sleepers
      }
      for _ in 0..<sleepers { wake.signal() }
      work()
      withdraw(offer)
      let isHelped = offer.helpers.withLock { helpers in
        helpers.isClosed = true
        return helpers.count > 0
      }
      if isHelped { offer.ended.wait() }
      offer.clear()
    }

    /// Ends a thread's help: there is nothing left to do of it.
    func helped(_ offer: Offer) {
      withdraw(offer)
      let isLast = offer.helpers.withLock { helpers in
        helpers.count -= 1
        return helpers.count == 0 && helpers.isClosed
      }
      if isLast { offer.ended.signal() }
    }

    private func withdraw(_ offer: Offer) { state.withLock { $0.offers.removeAll { $0 === offer } } }

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

/// The threads of a run, for work inside its pieces.
///
/// Nested calls of `concurrentPerform` get one thread when the outer one has as many as the machine; here a thread that has
/// no piece to do joins in, and there are never more than the run was given.
final class Crew: Sendable {
  fileprivate let board = Mutex<TaskGraph.Board?>(nil)

  /// Calls `body` with 0 to `count - 1`, side by side where threads are free.
  func parallel(_ count: Int, _ body: @Sendable (Int) -> Void) {
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(body) { body in
      let work: @Sendable () -> Void = {
        while true {
          let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if i >= count { return }
          body(i)
        }
      }
      if let board = board.withLock({ $0 }) {
        board.share(work)
      } else {
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
      }
    }
  }
}

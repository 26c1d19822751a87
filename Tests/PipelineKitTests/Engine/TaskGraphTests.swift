@testable import PipelineKit
import Synchronization
import Testing

@Suite struct TaskGraphTests {
  private final class Log: Sendable {
    let list = Mutex<[Int]>([])
    func add(_ i: Int) { list.withLock { $0.append(i) } }
    var all: [Int] { list.withLock { $0 } }
  }

  @Test(arguments: [1, 2, 8]) func everyPieceWaitsForWhatItNeeds(threads: Int) throws {
    let log = Log()
    var tasks = TaskGraph()
    var layer = (0..<20).map { i in tasks.add { log.add(i) } }
    for round in 1..<5 {
      layer = layer.indices.map { i in
        let before = [layer[i], layer[(i + 1) % layer.count]]
        return tasks.add(after: before) {
          let done = log.all
          for b in before { #expect(done.contains(b)) }
          log.add(round * 20 + i)
        }
      }
    }
    try tasks.run(threads: threads)
    #expect(log.all.sorted() == Array(0..<100))
  }

  @Test func theCostliestGoesFirst() throws {
    let log = Log()
    var tasks = TaskGraph()
    for (i, cost) in [1, 9, 5].enumerated() { tasks.add(cost: cost) { log.add(i) } }
    try tasks.run(threads: 1)
    #expect(log.all == [1, 2, 0])
  }

  @Test(arguments: [1, 3]) func anErrorStopsTheRest(threads: Int) {
    let log = Log()
    var tasks = TaskGraph()
    let bad = tasks.add { () throws(PipelineError) in throw .busy("x") }
    tasks.add(after: [bad]) { log.add(1) }
    #expect(throws: PipelineError.self) { try tasks.run(threads: threads) }
    #expect(log.all.isEmpty)
  }

  /// A thread without a piece of its own joins the work of another: two calls of the body are under way at once.
  @Test(.timeLimit(.minutes(1))) func idleThreadsHelp() throws {
    let crew = Crew()
    let under = Atomic<Int>(0)
    var tasks = TaskGraph()
    tasks.add {
      crew.parallel(2) { _ in
        under.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while under.load(ordering: .sequentiallyConsistent) < 2 {}
      }
    }
    try tasks.run(threads: 2, crew: crew)
    #expect(under.load(ordering: .sequentiallyConsistent) == 2)
  }

  /// Each place is done once, however many threads there are, inside of other such work, and outside of a run.
  @Test(arguments: [0, 1, 2, 5]) func sharedWorkIsDoneOnce(threads: Int) throws {
    let crew = Crew()
    let log = Log()
    @Sendable func work(_ first: Int) {
      crew.parallel(10) { i in crew.parallel(5) { j in log.add(first + 5 * i + j) } }
    }
    if threads == 0 {
      for piece in 0..<40 { work(50 * piece) }
    } else {
      var tasks = TaskGraph()
      for piece in 0..<40 { tasks.add { work(50 * piece) } }
      try tasks.run(threads: threads, crew: crew)
    }
    #expect(log.all.sorted() == Array(0..<2000))
  }

  @Test func nothingToDo() throws { try TaskGraph().run(threads: 4) }
}

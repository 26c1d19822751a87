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

  @Test func nothingToDo() throws { try TaskGraph().run(threads: 4) }
}

import PipelineKit
import Statistics
import Synchronization

/// Scores one replicate after another in memory of its own.
final class ReplicateScorer {
  private let scorers: [AnchoredScorer]
  private let classes: Int
  private let rooms: [AnchoredScorer.Room]
  private let bounds: [Double?]

  init(_ scorers: [AnchoredScorer], classes: Int) {
    (self.scorers, self.classes) = (scorers, classes)
    rooms = scorers.map { AnchoredScorer.Room($0) }
    bounds = zip(scorers, rooms).map { scorer, room in
      // Scored once, so that weights alone can vary afterwards.
      _ = scorer.scores(nil, scorer.weighted(), room)
      return scorer.worstBound(scorer.weighted(), classes: classes, room)
    }
  }

  /// The first profile as it is.
  var reference: Replicates.Draw { score(method: 0, shares: nil) }

  /// The scores under a method, with other weights when their shares are given, and after a change of the inputs.
  ///
  /// Once inputs were changed, calls without a change see the inputs that were last given: give all or none.
  func score(
    method: Int, shares: [Double]?, inputs change: ((inout [[AnchoredScorer.Indicator]]) -> Void)? = nil
  ) -> Replicates.Draw {
    let (scorer, room) = (scorers[method], rooms[method])
    var weighted = scorer.weighted()
    if let shares { weighted = scorer.weighted(shares.map { $0 * weighted.total }) }
    let bound = shares == nil ? bounds[method] : scorer.worstBound(weighted, classes: classes, room)
    guard let change else { return Replicates.Draw(scores: scorer.again(weighted, room), bound: bound) }
    var indicators = scorer.indicators
    change(&indicators)
    return Replicates.Draw(scores: scorer.scores(indicators, weighted, room), bound: bound)
  }
}

extension RunContext {
  /// The results of replicates in their order, made in blocks by as many workers as the run has threads.
  func replicated<Result: Sendable>(
    _ count: Int, blank: Result, worker: () -> (_ replicate: Int) -> Result
  ) -> [Result] {
    let results = Mutex([Result](repeating: blank, count: count))
    let size = 64
    let blocks = (count + size - 1) / size
    // Each worker is made and used on one thread.
    nonisolated(unsafe) let make = worker
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(make) { make in
      nonisolated(unsafe) let make = make
      parallel(max(1, min(threads, blocks))) { _ in
        let draw = make()
        while true {
          let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard block < blocks else { return }
          let range = (block * size)..<min((block + 1) * size, count)
          let own = range.map(draw)
          results.withLock { $0.replaceSubrange(range, with: own) }
        }
      }
    }
    return results.withLock { $0 }
  }
}

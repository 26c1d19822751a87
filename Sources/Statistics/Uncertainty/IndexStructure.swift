/// A tree of aggregates over the columns of a matrix, scored again and again under other choices.
public struct IndexStructure: Sendable {
  /// An aggregate: places of its parts among the indicators and the aggregates before it, and their weights.
  public struct Aggregate: Sendable {
    /// Places of the parts: indicators from 0, then the aggregates in order.
    public let parts: [Int]
    /// One weight a part.
    public let weights: [Double]

    /// An aggregate of parts.
    public init(parts: [Int], weights: [Double]) {
      precondition(parts.count == weights.count, "a weight for each part is needed")
      (self.parts, self.weights) = (parts, weights)
    }
  }

  /// How many indicators there are.
  public let indicators: Int
  /// The aggregates, each after its parts; the last is the index.
  public let aggregates: [Aggregate]

  /// A structure; parts must come before the aggregates that they belong to.
  public init(indicators: Int, aggregates: [Aggregate]) {
    for (place, aggregate) in aggregates.enumerated() {
      precondition(aggregate.parts.allSatisfy { $0 < indicators + place }, "parts come before their aggregate")
    }
    (self.indicators, self.aggregates) = (indicators, aggregates)
  }

  /// Weights times 1 + e, e drawn evenly between -`noise` and `noise`, each by itself, in the order of aggregates and parts.
  public func noisyWeights(_ noise: Double, _ random: inout CounterGenerator) -> [[Double]] {
    aggregates.map { aggregate in aggregate.weights.map { $0 * (1 + random.uniform(-noise, noise)) } }
  }

  /// Memory for scoring; belongs to one thread.
  public final class Room {
    fileprivate let matrix: ValueMatrix
    fileprivate let workspace: RankWorkspace

    /// Room for the aggregates of `rows` areas.
    public init(rows: Int, _ structure: IndexStructure) {
      matrix = ValueMatrix(rows: rows, columns: max(structure.aggregates.count, 1))
      workspace = RankWorkspace(capacity: rows)
    }
  }

  /// The index of each area, nil where it has none.
  ///
  /// - Parameters:
  ///   - indicators: one column an indicator, on a common scale.
  ///   - weights: one list an aggregate, instead of the structure's own.
  ///   - method: how parts become a whole, on every level.
  ///   - missing: the rule for absent parts.
  ///   - room: memory.
  public func scores(
    _ indicators: ValueMatrix, weights: [[Double]]? = nil, method: AggregationMethod, missing: MissingPartRule,
    _ room: Room
  ) -> [Double?] {
    for (place, aggregate) in aggregates.enumerated() {
      let views = aggregate.parts.map {
        $0 < self.indicators ? indicators.view($0) : room.matrix.view($0 - self.indicators)
      }
      let own = weights?[place] ?? aggregate.weights
      guard let aggregator = try? Aggregator(weights: own, method: method, missing: missing) else {
        preconditionFailure("weights are checked before they are used")
      }
      aggregator.apply(views, into: room.matrix.values(place), validity: room.matrix.words(place))
    }
    return room.matrix.cells(max(aggregates.count - 1, 0)).map { $0.flatMap { $0.isFinite ? $0 : nil } }
  }

  /// Ranks from the highest score, ties sharing the smallest; 0 without a score.
  public static func ranks(_ scores: [Double?], _ room: Room) -> [Double] {
    let positions = scores.indices.filter { scores[$0] != nil }.map { UInt32($0) }
    let values = scores.map { $0 ?? 0 }
    var ranks = [Double](repeating: 0, count: scores.count)
    ranks.withUnsafeMutableBufferPointer { ranks in
      values.withUnsafeBufferPointer { values in
        positions.withUnsafeBufferPointer {
          room.workspace.rank(values, at: $0, ties: .minimum, direction: .descending, into: ranks)
        }
      }
    }
    return ranks
  }

  /// The mean distance between two rankings, over the areas that both rank; 0 for none.
  public static func meanShift(_ one: [Double], _ other: [Double]) -> Double {
    var (sum, count) = (0.0, 0)
    for (a, b) in zip(one, other) where a > 0 && b > 0 {
      sum += abs(a - b)
      count += 1
    }
    return count > 0 ? sum / Double(count) : 0
  }
}

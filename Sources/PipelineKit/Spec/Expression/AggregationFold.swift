public import Tabular

/// Several aggregations over groups whose rows stream by: the values that ``Aggregation/evaluate(on:groups:)`` gives for
/// all rows together.
///
/// Holds what each function needs of each group. Functions that need all values of a group at once (medians, quantiles,
/// standard deviations, different values) and those that pick a row cannot be folded.
public final class AggregationFold {
  private let measures: [Aggregation]
  /// Every function over groups in them, once each, and what is kept for it; nothing for `count()`.
  private let functions: [(node: ExpressionNode, reduction: StreamedReduction?)]

  /// A fold of `measures` over rows of `schema`, or nil when one of them cannot be folded.
  public init?(_ measures: [Aggregation], in schema: Schema) {
    self.measures = measures
    var functions: [(node: ExpressionNode, reduction: StreamedReduction?)] = []
    for measure in measures {
      for node in measure.root.functionsOverGroups where !functions.contains(where: { $0.node == node }) {
        guard case .aggregate(let function) = node.kind else { continue }
        if function == .count, node.children.isEmpty {
          functions.append((node, nil))
          continue
        }
        guard let argument = node.children.first, let type = try? measure.place.type(of: argument, in: schema),
          let kind = function.reductionKind(of: type)
        else { return nil }
        functions.append((node, StreamedReduction(kind)))
      }
    }
    self.functions = functions
  }

  /// Whether all that is kept is the number of rows.
  public var isCountOnly: Bool { functions.allSatisfy { $0.reduction == nil } }

  /// Whether the order of rows does not matter.
  public var isOrderFree: Bool { functions.allSatisfy { $0.reduction?.isOrderFree ?? true } }

  /// Takes rows, whose groups are given; there are `count` groups so far.
  public func take(_ table: Table, _ groups: UnsafeBufferPointer<UInt32>, count: Int) {
    let rows = ExpressionEvaluator(table: table, count: table.rowCount, groups: nil)
    for (node, reduction) in functions {
      guard let reduction, case .aggregate(let function) = node.kind else { continue }
      let value = rows.value(of: node.children[0])
      switch function.reductionKind(of: value.type ?? .float64) {
      case .truths: reduction.take(.bool(rows.truths(value)), groups, count: count)
      case .sum: reduction.take(.float64(rows.floats(value)), groups, count: count)
      default: reduction.take(rows.column(value), groups, count: count)
      }
    }
  }

  /// Takes in the rows of `other`; `numbers` gives for each of its groups the one here, of `count`.
  public func merge(_ other: AggregationFold, _ numbers: [UInt32], count: Int) {
    for (mine, theirs) in zip(functions, other.functions) {
      if let theirs = theirs.reduction { mine.reduction?.merge(theirs, numbers, count: count) }
    }
  }

  /// The measures of `groups`, which have `sizes` rows each.
  public func columns(_ groups: [UInt32], sizes: [Int64], input: Schema) -> [Column] {
    var evaluator = ExpressionEvaluator(table: Table(empty: input), count: sizes.count, groups: nil)
    evaluator.folded = { [functions] node in
      guard case .aggregate(let function) = node.kind,
        let held = functions.first(where: { $0.node == node })
      else { preconditionFailure("every function is folded") }
      guard let reduction = held.reduction else { return .int64(Int64Column(sizes)) }
      return reduction.column(of: function, groups)
    }
    return measures.map { evaluator.column(evaluator.value(of: $0.root)) }
  }
}

extension StreamedReduction {
  /// The results of `function` for `groups`.
  fileprivate func column(of function: AggregateFunction, _ groups: [UInt32]) -> Column {
    switch function {
    case .count: .int64(counts(groups))
    case .countIf: .int64(countsTrue(groups))
    case .shareIf: .float64(sharesTrue(groups))
    case .any: .bool(decisions(all: false, groups))
    case .all: .bool(decisions(all: true, groups))
    case .sum where isOrderFree: .int64(wholeSums(groups))
    case .sum: .float64(sums(overCount: false, groups))
    case .mean: .float64(sums(overCount: true, groups))
    case .countDistinct, .weightedMean, .sd, .sdPopulation, .min, .max, .median, .quantile, .first, .last:
      preconditionFailure("\(function.rawValue) is not folded")
    }
  }
}

extension AggregateFunction {
  /// What has to be kept of values of `type`; nil when that is all of them.
  fileprivate func reductionKind(of type: ColumnType) -> StreamedReduction.Kind? {
    switch self {
    case .count: .count
    case .countIf, .shareIf, .any, .all: .truths
    case .sum: type == .int64 ? .wholeSum : .sum
    case .mean: .sum
    case .countDistinct, .weightedMean, .sd, .sdPopulation, .min, .max, .median, .quantile, .first, .last: nil
    }
  }
}

extension ExpressionNode {
  /// The functions over groups in it, from left to right.
  fileprivate var functionsOverGroups: [ExpressionNode] {
    if case .aggregate = kind { return [self] }
    return children.flatMap(\.functionsOverGroups)
  }
}

public import PipelineKit
public import Tabular

extension Aggregate: FoldingTransform {
  /// A fold, unless a measure needs all values of a group at once.
  public func fold(over input: Schema) -> (any TableFold)? {
    guard let figures = AggregationFold(aggregations, in: input), let output = try? outputSchema(for: [input])
    else { return nil }
    return AggregateFold(keyPlaces(in: input), figures, input: input, output: output)
  }
}

/// Groups and measures of rows that stream by.
final class AggregateFold: TableFold {
  private let places: [Int]
  private let input: Schema
  private let output: Schema
  private let groups: StreamedGroups
  private let figures: AggregationFold

  init(_ places: [Int], _ figures: AggregationFold, input: Schema, output: Schema) {
    self.places = places
    self.figures = figures
    self.input = input
    self.output = output
    groups = StreamedGroups(places.map { input[$0].type }, isCountOnly: figures.isCountOnly)
  }

  var isOrderFree: Bool { figures.isOrderFree }

  func take(_ table: Table) throws(TransformError) {
    let numbers = groups.take(places.map { table.columns[$0] }, rowCount: table.rowCount)
    if !figures.isCountOnly { figures.take(table, numbers, count: groups.count) }
  }

  func merge(_ other: any TableFold) throws(TransformError) {
    guard let other = other as? AggregateFold else { preconditionFailure("folds of one step are of one kind") }
    let numbers = groups.merge(other.groups)
    figures.merge(other.figures, numbers, count: groups.count)
  }

  func finish() throws(TransformError) -> Table {
    let found = groups.finish()
    let measures = figures.columns(found.numbers, sizes: found.sizes, input: input)
    do throws(TabularError) { return try Table(schema: output, columns: found.keys + measures) } catch {
      throw TransformError(error.description)
    }
  }
}

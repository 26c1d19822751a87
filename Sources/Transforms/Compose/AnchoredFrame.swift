import PipelineKit
import Tabular

/// Which areas are scored, and against what: the options that every transform has that scores again as `compose` does.
struct AnchoredFrame: Sendable {
  /// The column of area codes.
  var area = Located("", at: SourcePosition(file: ""))
  /// The column of periods.
  var period = Located("", at: SourcePosition(file: ""))
  /// The period whose distribution is kept.
  var base = Located("", at: SourcePosition(file: ""))
  /// The period that is scored.
  var at = Located("", at: SourcePosition(file: ""))
  /// Which areas are too small to count.
  var population: Compose.Population?
  /// Which areas are scored.
  var condition: Expression?

  /// The declarations of the options, stored at `path`; `at` and `condition` say what the last period and the areas are for.
  static func declaration<Options: PluginOptions>(
    _ path: WritableKeyPath<Options, Self>, at: String, where condition: String, needsPopulation: Bool = false
  ) -> [OptionField<Options>] {
    [
      .init("area", path.appending(path: \.area), required: true, "The column of area codes."),
      .init("period", path.appending(path: \.period), required: true, "The column of periods."),
      .init("base", path.appending(path: \.base), required: true, "The period whose distribution is kept."),
      .init("at", path.appending(path: \.at), required: true, at),
      .init("where", path.appending(path: \.condition), condition),
      .init(
        "population", path.appending(path: \.population), required: needsPopulation,
        "Inhabitants, and areas too small to count."),
    ]
  }

  /// The columns that the options name.
  var columns: Set<String> {
    var columns: Set = [area.text, period.text]
    if let population { columns.insert(population.column.text) }
    return columns.union(condition?.columns ?? [])
  }

  /// Checks that the columns are there and have the types that are needed.
  func check(_ schema: Schema) throws(SpecError) {
    for name in [area, period] { _ = try schema.field(at: name) }
    if let population { _ = try schema.numericField(at: population.column) }
    try condition?.requireCondition(in: schema)
  }
}

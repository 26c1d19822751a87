import Glibc
@testable import PipelineKit
import Tabular
import Transforms

/// Tables, options and errors in short, for tests of transforms.
enum Make {
  static let place = SourcePosition(file: "p.yml", line: 1, column: 1)

  /// `nil` is a missing cell for `unknown`.
  static func floats(_ values: [Double?]) -> Column {
    let mask = MissingMask(reasons: values.map { $0 == nil ? MissingReason.unknown.rawValue : 0 })
    return .float64(Float64Column(values.map { $0 ?? 0 }, missing: mask))
  }

  static func ints(_ values: [Int64]) -> Column { .int64(Int64Column(values)) }

  static func texts(_ values: [String?]) -> Column { .string(StringColumn(values, reason: .suppressed)) }

  static func table(_ columns: [(Field, Column)]) throws -> Table {
    try Table(schema: Schema(columns.map(\.0)), columns: columns.map(\.1))
  }

  /// The transform with options from a pipeline file of one step, as the engine makes it.
  static func transform(_ uses: String, _ options: SpecNode, context: RunContext = RunContext()) throws -> any Transform
  {
    let catalog = PluginCatalog(
      sources: [], transforms: [Aggregate.self, Derive.self, Filter.self, Rename.self, Select.self], sinks: [])
    guard let entry = catalog.transform(uses) else { throw SpecError(place, "no transform \(uses)") }
    return try entry.plugin.make(options, [], context)
  }

  /// A scalar at a line and column.
  static func text(_ text: String, _ line: Int, _ column: Int) -> SpecNode {
    SpecNode(.scalar(text, quoted: false), at: SourcePosition(file: "p.yml", line: line, column: column))
  }

  /// A mapping whose keys stand at column 3 of lines 1, 2, 3 ...
  static func map(_ entries: KeyValuePairs<String, SpecNode>) -> SpecNode {
    let list = entries.enumerated().map { i, entry in
      SpecNode.Entry(
        key: entry.key, position: SourcePosition(file: "p.yml", line: i + 1, column: 3), value: entry.value)
    }
    return SpecNode(.map(list), at: place)
  }

  static func list(_ elements: [SpecNode]) -> SpecNode { SpecNode(.list(elements), at: place) }

  /// The text of the error that `body` throws.
  static func error(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "no error"
  }

  /// Every cell as text; a missing one as `!reason`.
  static func shown(_ table: Table, _ name: String) throws -> [String] {
    let column = try table.column(name)
    column.checkInvariants()
    let texts = Text.text(column)
    return (0..<column.count).map { row in
      column.missingReason(at: row).map { "!" + $0.label } ?? texts.dictionary[texts.codes[row]]
    }
  }
}

/// A variable of the environment; empty when it is not set.
func environment(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }

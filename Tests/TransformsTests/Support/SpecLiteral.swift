import Tabular
import Testing

@testable import PipelineKit
@testable import Transforms

/// A piece of a pipeline file, written as a Swift literal.
///
/// Every key and every list element has a line of its own in `p.yml`, counted from 1 in the order in which they are
/// written; the column is 1 + 2 for each level.
indirect enum SpecLiteral: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, Sendable
{
  case text(String)
  case list([SpecLiteral])
  case map([(String, SpecLiteral)])

  init(stringLiteral value: String) { self = .text(value) }
  init(integerLiteral value: Int) { self = .text("\(value)") }
  init(floatLiteral value: Double) { self = .text("\(value)") }
  init(booleanLiteral value: Bool) { self = .text("\(value)") }
  init(arrayLiteral elements: SpecLiteral...) { self = .list(elements) }
  init(dictionaryLiteral elements: (String, SpecLiteral)...) { self = .map(elements) }

  var node: SpecNode {
    var line = 0
    return node(&line, level: 0)
  }

  private func node(_ line: inout Int, level: Int) -> SpecNode {
    let place = SourcePosition(file: "p.yml", line: max(line, 1), column: 1 + 2 * level)
    switch self {
    case .text(let text): return SpecNode(.scalar(text, quoted: false), at: place)
    case .list(let list):
      var nodes: [SpecNode] = []
      for element in list {
        line += 1
        nodes.append(element.node(&line, level: level + 1))
      }
      return SpecNode(.list(nodes), at: place)
    case .map(let entries):
      var result: [SpecNode.Entry] = []
      for (key, value) in entries {
        line += 1
        let keyPlace = SourcePosition(file: "p.yml", line: line, column: 1 + 2 * level)
        result.append(.init(key: key, position: keyPlace, value: value.node(&line, level: level)))
      }
      return SpecNode(.map(result), at: place)
    }
  }
}

/// A column with its field, for tables in tests.
struct TestColumn {
  var field: Field
  var column: Column

  static func int(_ name: String, _ values: [Int64?], _ reason: MissingReason = .unknown, unit: String = "") -> Self {
    let mask = MissingMask(reasons: values.map { $0 == nil ? reason.rawValue : 0 })
    return Self(
      field: Field(name, .int64, unit: unit), column: .int64(Int64Column(values.map { $0 ?? 0 }, missing: mask)))
  }

  static func double(
    _ name: String, _ values: [Double?], _ reason: MissingReason = .unknown, unit: String = ""
  ) -> Self {
    let mask = MissingMask(reasons: values.map { $0 == nil ? reason.rawValue : 0 })
    return Self(
      field: Field(name, .float64, unit: unit), column: .float64(Float64Column(values.map { $0 ?? 0 }, missing: mask)))
  }

  static func text(_ name: String, _ values: [String?], _ reason: MissingReason = .unknown) -> Self {
    Self(field: Field(name, .string), column: .string(StringColumn(values, reason: reason)))
  }

  func with(_ change: (inout Field) -> Void) -> Self {
    var copy = self
    change(&copy.field)
    return copy
  }
}

/// A table of the given columns.
func table(_ columns: TestColumn...) throws -> Table {
  try Table(schema: Schema(columns.map(\.field)), columns: columns.map(\.column))
}

/// A transform made from a piece of a pipeline file.
func make<T: Transform>(_ type: T.Type, _ spec: SpecLiteral, _ context: RunContext = RunContext()) throws(SpecError)
  -> T
{
  try T(options: T.Options(option: spec.node), context: context)
}

/// Checks the schema, runs the transform, and holds the table against the schema that was promised; then runs it again
/// with nothing but the needed columns, for each output column alone, and expects the same cells.
func run<T: Transform>(_ type: T.Type, _ spec: SpecLiteral, _ inputs: Table...) throws -> Table {
  let transform = try make(type, spec)
  let schemas = inputs.map(\.schema)
  let promised = try transform.outputSchema(for: schemas)
  let output = try transform.apply(inputs, context: RunContext())
  #expect(output.schema == promised)
  for column in output.columns { column.checkInvariants() }
  for name in promised.names {
    let needed = transform.neededColumns([name], inputs: schemas)
    let pruned = try zip(inputs, needed).map { table, needed in
      guard let needed else { return table }
      for column in needed { try #require(table.schema[column] != nil, "asks for a column that is not there") }
      return try table.selecting(table.schema.names.filter { needed.contains($0) })
    }
    #expect(try transform.apply(pruned, context: RunContext()).column(name) == output.column(name))
  }
  return output
}

/// The texts of a column as messages would show them.
func cells(_ table: Table, _ name: String) throws -> [String] {
  let column = try table.column(name)
  return (0..<table.rowCount).map { cellText(column, row: $0) }
}

/// The numbers of a column; nil where missing.
func numbers(_ table: Table, _ name: String) throws -> [Double?] {
  guard case .float64(let c) = try table.column(name).converted(to: .float64) else { return [] }
  return c.values.indices.map { c.missing?.isPresent($0) ?? true ? c.values[$0] : nil }
}

/// The text of the error that checking on schemas gives.
func schemaError<T: Transform>(_ type: T.Type, _ spec: SpecLiteral, _ inputs: Table...) -> String {
  do throws(SpecError) {
    _ = try make(type, spec).outputSchema(for: inputs.map(\.schema))
    return "no error"
  } catch { return "\(error)" }
}

/// The text of the error that working on data gives.
func dataError<T: Transform>(_ type: T.Type, _ spec: SpecLiteral, _ inputs: Table...) throws -> String {
  let transform = try make(type, spec)
  _ = try transform.outputSchema(for: inputs.map(\.schema))
  do throws(TransformError) {
    _ = try transform.apply(inputs, context: RunContext())
    return "no error"
  } catch { return "\(error)" }
}

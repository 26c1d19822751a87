import PipelineKit
import Tabular

/// The rows in which a column has one of several values, listed in the pipeline file or in a file of its own.
struct ValueSet: PluginOptions {
  var column = Located("", at: SourcePosition(file: ""))
  var values: [Located] = []
  var file: SpecPath?
  var key: String?
  var except: [Located] = []

  static var declaration: [OptionField<Self>] {
    [
      .init("column", \.column, required: true, "The column that says which rows are in the set."),
      .init("values", \.values, "The values of that column. Or `file`."),
      .init("file", \.file, "A JSON or YAML file with a list of values. Or `values`."),
      .init("key", \.key, "The key under which the list stands in the file; without it the file is the list."),
      .init("except", \.except, "Values to leave out, for example the area that is compared."),
    ]
  }

  /// Reads the file, if there is one, and takes out the exceptions.
  mutating func load(_ context: RunContext) throws(SpecError) {
    if let file {
      guard values.isEmpty else { throw SpecError(file.position, "a set takes \"values\" or a \"file\", not both") }
      let text: String
      do throws(SourceError) { text = try context.text(file.path) } catch {
        throw SpecError(file.position, "\(error)")
      }
      var node = try SpecParser.nodes(text, file: file.path)
      if let key {
        let known = try node.mapping("a mapping with the key \"\(key)\"").map(\.key)
        guard let found = node[key] else {
          throw SpecError(file.position, "\(file.path) has no key \"\(key)\"" + didYouMean(key, among: known))
        }
        node = found
      }
      for element in try node.elements("a list of values") { values.append(try Located(option: element)) }
    } else if key != nil {
      throw SpecError(column.position, "\"key\" is for a set with a \"file\"")
    }
    guard !values.isEmpty else {
      throw SpecError(
        file?.position ?? column.position, "a set names at least one value, in \"values\" or in a \"file\"")
    }
    values.removeAll { value in except.contains { $0.text == value.text } }
  }

  /// Checks the column and the values.
  func check(in schema: Schema) throws(SpecError) {
    let field = try schema.field(at: column)
    for value in values + except { try CellLiteral.check(value, in: field) }
  }

  /// Which rows are in the set.
  ///
  /// Values that no row has add nothing.
  func rows(in table: Table) throws(TransformError) -> [Bool] {
    let values = Set(values.map(\.text))
    switch try table.columns(named: [column.text])[0] {
    case .string(let c):
      let isIn = c.dictionary.strings.map { values.contains($0) }
      return c.codes.indices.map { c.missing?.isPresent($0) ?? true ? isIn[Int(c.codes[$0])] : false }
    case .int64(let c):
      let numbers = Set(values.compactMap { Int64($0) })
      return c.values.indices.map { (c.missing?.isPresent($0) ?? true) && numbers.contains(c.values[$0]) }
    case .float64, .bool, .date: return [Bool](repeating: false, count: table.rowCount)
    }
  }
}

import PipelineTesting
import BuiltinPlugins
import PipelineKit
import Tabular
import Testing

/// A table as the cells of a raw CSV file of CBS: padded, `.` for unknown. It can be put into CBS's other containers.
struct RawTable {
  /// The form of the data set, which decides how numbers and empty cells are written.
  enum Form { case typed, untyped }

  var names: [String]
  var rows: [[String]]
  var form: Form

  /// The cells of a file in which all fields stand in quotes.
  init(csv path: String, _ form: Form, where condition: ([String]) -> Bool = { _ in true }) throws {
    self.form = form
    var records = Self.records(try #require(Files.bytes(path)))
    names = records.removeFirst()
    rows = records.filter(condition)
  }

  init(names: [String], rows: [[String]], form: Form) { (self.names, self.rows, self.form) = (names, rows, form) }

  private static func records(_ bytes: [UInt8]) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    for byte in bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...] {
      switch byte {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: ";") where !isQuoted, UInt8(ascii: "\n") where !isQuoted:
        record.append(String(decoding: field, as: UTF8.self))
        field = []
        guard byte == UInt8(ascii: "\n") else { break }
        records.append(record)
        record = []
      case UInt8(ascii: "\r") where !isQuoted: break
      default: field.append(byte)
      }
    }
    return records
  }

  /// As CBS's raw CSV.
  var csv: String {
    ([names] + rows).map { $0.map { "\"\($0)\"" }.joined(separator: ";") + "\r\n" }.joined()
  }

  /// As a feed of OData v3. `numbers` are the types of the columns that are numbers in a typed data set.
  func atom(_ numbers: [String: String]) -> String {
    let data = "http://schemas.microsoft.com/ado/2007/08/dataservices"
    let set = form == .typed ? "TypedDataSet" : "UntypedDataSet"
    var text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" "
    text += "xmlns:d=\"\(data)\" xmlns:m=\"\(data)/metadata\">\n"
    text += "<id>https://opendata.cbs.nl/ODataFeed/OData/84799NED/\(set)</id>\n"
    for row in rows {
      text += "<entry><content type=\"application/xml\"><m:properties>"
      for (name, cell) in zip(names, row) {
        let type = form == .typed ? numbers[name].map { " m:type=\"\($0)\"" } ?? "" : ""
        if trimmed(cell).isEmpty {
          text += "<d:\(name)\(type) m:null=\"true\" />"
          continue
        }
        let escaped = cell.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        let space = cell == trimmed(cell) ? "" : " xml:space=\"preserve\""
        text += "<d:\(name)\(type)\(space)>\(escaped)</d:\(name)>"
      }
      text += "</m:properties></content></entry>\n"
    }
    return text + "</feed>\n"
  }

  /// As a page of OData v3 in JSON, that may name a next one.
  func json(_ numbers: [String: String], next: String = "") -> String {
    let set = form == .typed ? "TypedDataSet" : "UntypedDataSet"
    let objects = rows.map { row in
      let members = zip(names, row).map { name, cell in
        if trimmed(cell).isEmpty { return "\"\(name)\":null" }
        return form == .typed && numbers[name] != nil ? "\"\(name)\":\(trimmed(cell))" : "\"\(name)\":\"\(cell)\""
      }
      return "{" + members.joined(separator: ",") + "}"
    }
    return "{\"odata.metadata\":\"https://opendata.cbs.nl/ODataApi/odata/84799NED/$metadata#Cbs.OData.WebAPI.\(set)\","
      + "\"value\":[" + objects.joined(separator: ",\n") + "]"
      + (next.isEmpty ? "" : ",\"odata.nextLink\":\"\(next)\"") + "}"
  }

  /// The columns `measures` as observations of OData v4: a decimal comma, and the reason of an empty cell as attribute.
  func observations(_ measures: [String], key: String) throws -> String {
    let place = try #require(names.firstIndex(of: key))
    let columns = measures.compactMap { names.firstIndex(of: $0) }
    var text = "Id;Measure;\(key);Value;StringValue;ValueAttribute\r\n"
    var id = 0
    for row in rows {
      for column in columns {
        let cell = trimmed(row[column])
        let isMissing = cell.isEmpty || cell == "."
        let attribute = cell == "." ? "Missing" : isMissing && form == .untyped ? "Impossible" : "None"
        text += "\(id);\(names[column]);\(trimmed(row[place]));"
        text += "\(isMissing ? "" : cell.replacing(".", with: ","));;\(attribute)\r\n"
        id += 1
      }
    }
    return text
  }

  /// The same observations as an answer of OData v4 in JSON.
  static func json(observations: String) -> String {
    let lines = observations.split(separator: "\r\n")
    let names = lines[0].split(separator: ";")
    let objects = lines.dropFirst().map { line in
      let cells = line.split(separator: ";", omittingEmptySubsequences: false)
      let members = zip(names, cells).map { name, cell in
        if cell.isEmpty { return "\"\(name)\":null" }
        return name == "Id" || name == "Value"
          ? "\"\(name)\":\(cell.replacing(",", with: "."))" : "\"\(name)\":\"\(cell)\""
      }
      return "{" + members.joined(separator: ",") + "}"
    }
    return "{\"@odata.context\":\"https://datasets.cbs.nl/odata/v1/CBS/84799NED/$metadata#Observations\",\"value\":["
      + objects.joined(separator: ",\n") + "]}"
  }

  /// A cell without the blanks that fill it up.
  private func trimmed(_ cell: String) -> String {
    String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

/// The Parquet file that Peil writes of what an adapter reads, read back.
func throughParquet(_ paths: [String], _ adapter: String) throws -> Table {
  let folder = TemporaryFolder()
  folder.write(
    "container.yml",
    """
    pipeline: container
    sources:
      table: {adapter: \(adapter), files: [\(paths.joined(separator: ", "))]}
    outputs:
      - {sink: parquet, from: table, path: table.parquet}
    """)
  let plan = try Planner(catalog: .builtin).plan(path: folder.path + "/container.yml")
  _ = try Runner(plan, options: RunOptions(outputFolder: folder.path + "/out")).run()
  return try readTable([folder.path + "/out/table.parquet"], "parquet")
}

/// Expects two tables to have the same columns, and the same value or the same reason in every cell; the equal cells.
@discardableResult
func expectSame(_ one: Table, _ other: Table, _ what: String) -> Int {
  #expect(one.schema.names == other.schema.names, "\(what)")
  #expect(one.schema.fields.map(\.type) == other.schema.fields.map(\.type), "\(what)")
  #expect(one.schema.fields.map(\.role) == other.schema.fields.map(\.role), "\(what)")
  #expect(one.rowCount == other.rowCount && one.rowCount > 0, "\(what)")
  var equal = 0
  for (i, name) in one.schema.names.enumerated() where i < other.columns.count {
    #expect(one.columns[i] == other.columns[i], "\(what): \(name)")
    if one.columns[i] == other.columns[i] { equal += one.rowCount }
  }
  #expect(equal == one.rowCount * one.schema.count, "\(what)")
  return equal
}

/// One table through every container: raw CSV, Atom, JSON, observations of OData v4, and Parquet written from each.
///
/// Returns what was compared, a line a container.
@discardableResult
func expectSameThroughEveryContainer(_ raw: RawTable, key: String) throws -> [String] {
  let folder = TemporaryFolder()
  let csv = folder.write("table.csv", raw.csv)
  let expected = try readTable([csv], "cbs_dataset_csv")
  var numbers: [String: String] = [:]
  for field in expected.schema.fields where field.type != .string {
    numbers[field.name] = field.type == .int64 ? "Edm.Int32" : "Edm.Double"
  }
  let containers = [
    ("cbs_dataset_csv", csv), ("cbs_dataset_atom", folder.write("table.xml", raw.atom(numbers))),
    ("cbs_dataset_json", folder.write("table.json", raw.json(numbers))),
  ]
  var lines: [String] = []
  func note(_ container: String, _ equal: Int) {
    lines.append("\(container): \(equal) cells and reasons equal (\(expected.missingSummary))")
  }
  for (adapter, path) in containers {
    #expect(try Recogniser(catalog: .builtin).recognise(path, context: RunContext()).entry.plugin.info.name == adapter)
    if path != csv { note(adapter, expectSame(try readTable([path], adapter), expected, adapter)) }
    note(adapter + " to parquet", expectSame(try throughParquet([path], adapter), expected, adapter + " to parquet"))
  }
  let measures = expected.schema.fields.filter { $0.type == .float64 }.map(\.name)
  let text = try raw.observations(measures, key: key)
  let observations = folder.write("Observations.csv", text)
  let wide = try readTable([observations], "cbs_odata4", "{shape: wide}")
  let part = try expected.selecting([key] + measures)
  let long = [key, "Measure", "Value"]
  let answer = folder.write("Observations.json", RawTable.json(observations: text))
  let bulk = try readTable([observations], "cbs_odata4").selecting(long)
  let paged = try readTable([answer], "cbs_dataset_json").selecting(long)
  for name in long { #expect(try paged.column(name) == bulk.column(name), "observations in JSON: \(name)") }
  note("cbs_odata4", expectSame(try wide.selecting([key] + measures), part, "cbs_odata4"))
  return lines
}

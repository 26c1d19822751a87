import Tabular

/// Where one value of an extract comes from: the columns it was made of, the files that hold them with their hashes, and the
/// steps between.
public struct Trace: Sendable {
  private let output: String
  private let key: String
  private let field: Field
  private let value: String
  private let origins: [(origin: Origin, files: [(path: String, sha256: String)])]
  private let steps: [(id: String, uses: String, from: [String])]
  private let pipeline: String

  /// Traces the column of the row that `key` names (`area_code=GM0141,year=2020`) in the file at `path`.
  ///
  /// A part without a column (`GM0141`) is looked for in the key columns; of several rows that it names, the last counts.
  /// - Throws: ``PipelineError`` when the file, its manifest, the row or the column is not there.
  public init(_ path: String, key: String, column: String, catalog: PluginCatalog) throws(PipelineError) {
    let table = try ExtractFile.read(path, catalog: catalog)
    guard let index = table.schema.index(of: column) else {
      throw .source(
        SourceError(file: path, "has no column \"\(column)\"" + didYouMean(column, among: table.schema.names)))
    }
    let (row, named) = try Self.row(of: table, path, key)
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[..<$0]) } ?? "."
    let manifest = try ExtractFile.manifest(folder)
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    output = path
    self.key = named
    field = table.schema[index]
    value = table.columns[index].text(at: row) ?? "missing: \(table.columns[index].missingReason(at: row)?.label ?? "")"
    pipeline = manifest["pipeline"]?.scalar ?? ""
    var hashes: [String: String] = [:]
    for input in ExtractFile.list(manifest["inputs"]) {
      if let path = input["path"]?.scalar { hashes[path] = input["sha256"]?.scalar ?? "" }
    }
    let sources = ExtractFile.list(manifest["sources"])
    origins = field.origins.map { origin in
      let its = sources.filter { source in
        // What the pipeline file leaves out, the metadata of the table may have filled in.
        ["", origin.producer].contains(source["origin"]?["producer"]?.scalar ?? "")
          && ["", origin.table].contains(source["origin"]?["table"]?.scalar ?? "")
          && ExtractFile.list(source["columns"]).contains { $0.scalar == origin.column }
      }
      let files = its.flatMap { ExtractFile.list($0["files"]).compactMap(\.scalar) }
      return (origin, files.map { ($0, hashes[$0] ?? "not in the manifest") })
    }
    steps = Self.steps(manifest, output: name)
  }

  /// The steps before an output, in the order of the file.
  private static func steps(_ manifest: SpecNode, output: String) -> [(id: String, uses: String, from: [String])] {
    let all = ExtractFile.list(manifest["steps"]).map { step in
      (
        id: step["id"]?.scalar ?? "", uses: step["transform"]?.scalar ?? "",
        from: ExtractFile.list(step["from"]).compactMap(\.scalar)
      )
    }
    let entry = ExtractFile.list(manifest["outputs"]).first { $0["path"]?.scalar == output }
    var wanted = ExtractFile.list(entry?["from"]).compactMap(\.scalar)
    var seen: Set<String> = []
    while let name = wanted.popLast() {
      guard seen.insert(name).inserted, let step = all.first(where: { $0.id == name }) else { continue }
      wanted += step.from
    }
    return all.filter { seen.contains($0.id) }
  }

  /// The one row in which every named column has the named value, and its keys.
  private static func row(of table: Table, _ path: String, _ key: String) throws(PipelineError) -> (Int, String) {
    var rows = Array(0..<table.rowCount)
    var isLoose = false
    let keyColumns = table.schema.fields.indices.filter { table.schema[$0].role == .key }
    for part in key.split(separator: ",") {
      guard let equals = part.firstIndex(of: "=") else {
        isLoose = true
        let columns = keyColumns.isEmpty ? Array(table.columns.indices) : keyColumns
        rows = rows.filter { row in columns.contains { table.columns[$0].text(at: row) == String(part) } }
        continue
      }
      let (name, value) = (String(part[..<equals]), String(part[part.index(after: equals)...]))
      guard let index = table.schema.index(of: name) else {
        throw .source(
          SourceError(file: path, "has no column \"\(name)\"" + didYouMean(name, among: table.schema.names)))
      }
      let column = table.columns[index]
      rows = rows.filter { column.text(at: $0) == value }
    }
    guard let row = rows.last, rows.count == 1 || isLoose else {
      let keys = table.schema.fields.filter { $0.role == .key }.map(\.name).joined(separator: ", ")
      throw .source(
        SourceError(
          file: path, rows.isEmpty ? "no row has \(key)" : "\(rows.count) rows have \(key); the keys are \(keys)"))
    }
    if !isLoose { return (row, key) }
    let named = keyColumns.map { "\(table.schema[$0].name)=\(table.columns[$0].text(at: row) ?? "")" }
    return (row, named.joined(separator: ","))
  }

  /// The trace as text.
  public var text: String {
    var lines = ["\(output): \(key): \(field.name) = \(value)" + (field.unit.isEmpty ? "" : " \(field.unit)")]
    if !field.label.isEmpty { lines.append("  \(field.label)") }
    if origins.isEmpty { lines.append("  the column carries no origin: it was made without a source column") }
    for (origin, files) in origins {
      let parts = [origin.producer, origin.table, origin.column, origin.vintage, origin.licence].filter { !$0.isEmpty }
      lines.append("  from " + parts.joined(separator: ", "))
      lines += files.map { "    \($0.path)  sha256 \($0.sha256)" }
    }
    if !steps.isEmpty {
      lines.append("  through the steps of \(pipeline):")
      lines += steps.map { "    \($0.id): \($0.uses) of \($0.from.joined(separator: ", "))" }
    }
    return lines.joined(separator: "\n")
  }

  /// The trace as JSON.
  public var json: JSON {
    .object([
      ("output", .string(output)), ("key", .string(key)), ("column", .string(field.name)), ("value", .string(value)),
      ("unit", .string(field.unit)), ("label", .string(field.label)),
      (
        "origins",
        .array(
          origins.map { entry in
            .object([
              ("producer", .string(entry.origin.producer)), ("table", .string(entry.origin.table)),
              ("column", .string(entry.origin.column)), ("vintage", .string(entry.origin.vintage)),
              ("licence", .string(entry.origin.licence)),
              (
                "files",
                .array(entry.files.map { .object([("path", .string($0.path)), ("sha256", .string($0.sha256))]) })
              ),
            ])
          })
      ),
      (
        "steps",
        .array(
          steps.map {
            .object([
              ("id", .string($0.id)), ("transform", .string($0.uses)), ("from", .array($0.from.map { .string($0) })),
            ])
          })
      ),
    ])
  }
}

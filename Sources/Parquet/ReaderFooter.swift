import Tabular

extension ParquetReader {
  /// The footer of the file that `source` holds.
  static func readFooter(_ source: any ParquetSource) throws(ParquetError) -> FileMetadata {
    guard source.size >= 12 else { throw .corrupt("\(source.size) bytes are too few", offset: 0) }
    guard try source.read(at: 0, count: 4) == magic else { throw .corrupt("it does not start with PAR1", offset: 0) }
    let tail = try source.read(at: source.size - 8, count: 8)
    if Array(tail[4...]) == [0x50, 0x41, 0x52, 0x45] {
      throw .unsupported(column: "", "the file is encrypted; write it without encryption")
    }
    guard Array(tail[4...]) == magic else {
      throw .corrupt("it does not end with PAR1, so it may be cut short", offset: source.size - 4)
    }
    let length = tail[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= source.size - 12 else {
      throw .corrupt("a footer of \(length) bytes in a file of \(source.size)", offset: source.size - 8)
    }
    let start = source.size - 8 - length
    let footer = try source.read(at: start, count: length)
    return try footer.withUnsafeBufferPointer { (buffer) throws(ParquetError) in
      var reader = CompactReader(UnsafeRawBufferPointer(buffer), origin: start)
      return try FileMetadata(from: &reader)
    }
  }

  /// The columns of a flat schema.
  static func leaves(_ schema: [SchemaElement]) throws(ParquetError) -> [SchemaElement] {
    guard let root = schema.first, root.childCount ?? 0 > 0 || schema.count == 1 else {
      throw .corrupt("the schema has no root", offset: 0)
    }
    guard schema.count > 1 else { throw .unsupported(column: "", "the file has no columns") }
    let leaves = Array(schema.dropFirst())
    for leaf in leaves {
      if leaf.childCount ?? 0 > 0 || leaf.type == nil {
        throw .unsupported(
          column: leaf.name, "it is nested; only flat columns are supported, so take its parts apart first")
      }
      if leaf.repetition == .repeated {
        throw .unsupported(column: leaf.name, "it holds a list in each row; only flat columns are supported")
      }
    }
    guard root.childCount == leaves.count else {
      throw .corrupt("\(root.childCount ?? 0) columns are stated and \(leaves.count) described", offset: 0)
    }
    return leaves
  }

  /// The fields of all columns of the file; those of our own files with all that is known of them.
  static func fields(
    _ leaves: [SchemaElement], _ conversions: [Conversion], _ keyValues: [(key: String, value: String)]
  ) throws(ParquetError) -> [Field] {
    var known: [String: Field] = [:]
    if let text = keyValues.first(where: { $0.key == SchemaText.key })?.value {
      guard let fields = SchemaText.read(text) else {
        throw .unsupported(
          column: "", "the footer text \(SchemaText.key) is not a list of fields; write the file again without it")
      }
      for field in fields { known[field.name] = field }
    }
    return zip(leaves, conversions).map { leaf, conversion in
      // A column that another program has changed since keeps its new type and loses what we knew.
      if let field = known[leaf.name], field.type == conversion.columnType { return field }
      return Field(leaf.name, conversion.columnType)
    }
  }

  /// The places of columns and of the status columns that fold into them.
  static func folded(_ fields: [Field]) -> [(column: Int, status: Int?)] {
    var statuses: [String: Int] = [:]
    let names = Set(fields.filter { $0.role != .status }.map(\.name))
    for (i, field) in fields.enumerated() where field.role == .status && field.type == .string {
      guard field.name.hasSuffix(Table.statusSuffix) else { continue }
      let base = String(field.name.dropLast(Table.statusSuffix.count))
      if names.contains(base) { statuses[base] = i }
    }
    let folded = Set(statuses.values)
    return fields.indices.filter { !folded.contains($0) }.map { i in
      (i, fields[i].role == .status ? nil : statuses[fields[i].name])
    }
  }

  /// Refuses row groups that contradict the schema or each other.
  func checkGroups() throws(ParquetError) {
    var total = 0
    for (g, group) in metadata.rowGroups.enumerated() {
      guard group.columns.count == leaves.count else {
        throw .corrupt("row group \(g) has \(group.columns.count) columns of \(leaves.count)", offset: 0)
      }
      for (leaf, chunk) in zip(leaves, group.columns) {
        if chunk.isEncrypted { throw .unsupported(column: leaf.name, "it is encrypted; write it without encryption") }
        if chunk.filePath != nil { throw .unsupported(column: leaf.name, "its values stand in another file") }
        guard chunk.type == leaf.type, chunk.path == [leaf.name] else {
          throw .corrupt("row group \(g): column \"\(leaf.name)\" differs from the schema", offset: chunk.dataPageOffset)
        }
        guard chunk.valueCount == group.rowCount else {
          throw .corrupt(
            "row group \(g): column \"\(leaf.name)\" has \(chunk.valueCount) values for \(group.rowCount) rows",
            offset: chunk.dataPageOffset)
        }
      }
      let (sum, overflow) = total.addingReportingOverflow(group.rowCount)
      guard !overflow else { throw .corrupt("more rows than can be counted", offset: 0) }
      total = sum
    }
    guard total == rowCount else { throw .corrupt("\(rowCount) rows are stated and \(total) there", offset: 0) }
    guard total <= Int(Int32.max) else {
      throw .unsupported(column: "", "\(total) rows: at most \(Int32.max) fit a table; read the file in parts")
    }
  }
}

extension Column {
  /// The column with the reasons that `labels` state for its missing cells.
  func with(labels: StringColumn, name: String) throws(ParquetError) -> Column {
    guard let missing else { return self }
    let known = labels.dictionary.strings.map { MissingReason(label: $0) }
    var reasons = missing.reasons
    for row in reasons.indices where reasons[row] != 0 && labels.missing?.isPresent(row) ?? true {
      guard let reason = known[Int(labels.codes[row])] else {
        throw .value(
          column: name + Table.statusSuffix, row: row,
          "\"\(labels.dictionary[labels.codes[row]])\" is not a missing reason; read the file with foldStatus off")
      }
      reasons[row] = reason.rawValue
    }
    let mask = MissingMask(reasons: reasons)
    switch self {
    case .float64(let c): return .float64(Float64Column(c.values, missing: mask))
    case .int64(let c): return .int64(Int64Column(c.values, missing: mask))
    case .bool(let c): return .bool(BoolColumn(c.values, missing: mask))
    case .date(let c): return .date(DateColumn(c.values, missing: mask))
    case .string(let c): return .string(StringColumn(codes: c.codes, dictionary: c.dictionary, missing: mask))
    }
  }
}

import PipelineKit
import Tabular

/// The head of an OData document in JSON: what it is, and what its first rows show of each column.
struct JSONSample {
  /// The text of `odata.metadata` (v3) or `@odata.context` (v4).
  private(set) var metadata = ""
  /// The columns, in order of first appearance.
  private(set) var columns: [ColumnFinding] = []
  /// Complete rows seen.
  private(set) var rows = 0
  /// Whether the document has a list `value`.
  private(set) var hasValue = false
  /// The members of the document that were seen, with their texts.
  private(set) var members: [(name: String, text: String)] = []

  private var positions: [String: Int] = [:]

  /// Reads the first bytes of a document.
  ///
  /// With `isWhole` they are all of it.
  /// - Throws: ``SourceError`` when it is not JSON, other than by ending early.
  init(_ head: [UInt8], path: String, isWhole: Bool, rules: SampleRules, rowLimit: Int = 1000) throws(SourceError) {
    let scanner = JSONScanner(path: path, source: bytes(head))
    do throws(SourceError) { try read(scanner, rules, rowLimit) } catch {
      guard !isWhole, scanner.isCut else { throw error }
    }
  }

  /// The entity set in the head of a document: `DataProperties`, `RegioS`.
  static func entitySet(_ head: [UInt8], path: String) throws(SourceError) -> String {
    let rules = SampleRules(numbers: NumberParser(), markers: OrderedMap())
    return try JSONSample(head, path: path, isWhole: false, rules: rules, rowLimit: 1).entitySet
  }

  /// The identifier of the table: the part of the metadata's address before `$metadata`.
  var table: String {
    let parts = metadata.split(separator: "/")
    guard let end = parts.lastIndex(where: { $0.hasPrefix("$metadata") }), end > 2 else { return "" }
    return String(parts[end - 1])
  }

  /// The entity set, for example `TypedDataSet`; empty when not said.
  var entitySet: String {
    guard let mark = metadata.lastIndex(of: "#") else { return "" }
    let name = metadata[metadata.index(after: mark)...]
    return String(name.split(separator: ".").last ?? "")
  }

  /// Whether the rows are those of a data set, not of its metadata.
  var isDataset: Bool {
    ["TypedDataSet", "UntypedDataSet", "Observations"].contains(entitySet)
      || columns.contains { CBSColumnName.isTopic($0.name) }
  }

  /// Whether they are an untyped data set: by its name, or by numbers padded to eight characters.
  var isUntyped: Bool {
    if entitySet == "UntypedDataSet" { return true }
    if entitySet == "TypedDataSet" { return false }
    return columns.contains { $0.evidence.isUntyped }
  }

  /// Whether the document lists a table's entity sets and holds no data.
  var isService: Bool { rows > 0 && entitySet.isEmpty && columns.map(\.name).sorted() == ["name", "url"] }

  // MARK: Reading

  private mutating func read(_ scanner: JSONScanner, _ rules: SampleRules, _ rowLimit: Int) throws(SourceError) {
    guard try scanner.next() == .beginObject else {
      throw scanner.error("is JSON, but not an object with a list \"value\"; expected an OData document")
    }
    while try scanner.next() == .key {
      let name = scanner.string
      let token = try scanner.next()
      if name == "value", token == .beginArray {
        hasValue = true
        if try !readRows(scanner, rules, rowLimit) { return }
        continue
      }
      if members.count < 100 {
        members.append((name, token == .string || token == .number ? String(scanner.string.prefix(4096)) : ""))
      }
      if name == "odata.metadata" || name == "@odata.context", token == .string { metadata = scanner.string }
      try scanner.skip(token)
    }
    _ = try scanner.next()
  }

  /// False when there are rows enough.
  private mutating func readRows(_ scanner: JSONScanner, _ rules: SampleRules, _ rowLimit: Int) throws(SourceError)
    -> Bool
  {
    while true {
      let token = try scanner.next()
      if token == .endArray { return true }
      guard token == .beginObject else {
        throw scanner.error("the list \"value\" holds something that is not an object")
      }
      while try scanner.next() == .key {
        let name = scanner.string
        let token = try scanner.next()
        try note(name, token, scanner, rules)
        try scanner.skip(token)
      }
      rows += 1
      if rows >= rowLimit { return false }
    }
  }

  private mutating func note(
    _ name: String, _ token: JSONScanner.Token, _ scanner: JSONScanner, _ rules: SampleRules
  ) throws(SourceError) {
    if positions[name] == nil {
      guard columns.count < JSONLimits.properties else {
        throw scanner.error("the rows have more than \(JSONLimits.properties) different names")
      }
      positions[name] = columns.count
      columns.append(ColumnFinding(name: name))
    }
    guard let place = positions[name] else { return }
    switch token {
    case .number:
      let isWhole = !scanner.string.contains { ".eE".contains($0) } && name != "Value"
      switch columns[place].statedType {
      case nil: columns[place].statedType = isWhole ? .int64 : .float64
      case .int64 where !isWhole: columns[place].statedType = .float64
      default: break
      }
    case .string:
      columns[place].evidence.add(UnsafeBufferPointer(start: scanner.text, count: scanner.textCount), rules)
      columns[place].hasText = true
    case .true, .false: columns[place].hasText = true
    default: break
    }
  }
}

/// A source of bytes for a scanner: those of `list`, a byte order mark left out.
private func bytes(_ list: [UInt8]) -> (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
  var rest = list.starts(with: byteOrderMark) ? list.dropFirst(3) : list[...]
  return { buffer in
    let count = min(buffer.count, rest.count)
    buffer.copyBytes(from: rest.prefix(count))
    rest = rest.dropFirst(count)
    return count
  }
}

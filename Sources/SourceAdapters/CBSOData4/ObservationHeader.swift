import PipelineKit
import Tabular

/// The first line of a file with observations: what each column holds.
struct ObservationHeader: Sendable, Equatable {
  /// What a column holds.
  enum Kind: Sendable, Equatable {
    /// The number of the observation.
    case id
    /// The code of what was measured.
    case measure
    /// The number that was measured.
    case value
    /// The text that was observed, for a measure of texts.
    case text
    /// Why there is no value, or what kind of value it is.
    case attribute
    /// A code of a dimension.
    case dimension
  }

  /// The names, in the order of the file.
  let names: [String]
  /// What each column holds.
  let kinds: [Kind]

  /// The places of the columns that are no dimensions.
  let measurePlace: Int
  let valuePlace: Int
  let textPlace: Int?
  let attributePlace: Int?

  /// The header in the first bytes of the file at `path`.
  init(_ path: String, context: RunContext) throws(SourceError) {
    let head = try context.textHead(path, count: 1 << 16)
    guard !head.isEmpty else {
      throw SourceError(file: path, "is empty; expected the observations of an OData v4 download")
    }
    try self.init(Self.names(head), file: path)
  }

  init(_ names: [String], file: String) throws(SourceError) {
    if names.starts(with: ["Id", "Title", "Url", "DatasetId"]) {
      throw SourceError(
        file: file, line: 1,
        "is a list of links of an OData v4 download, not its observations; name Observations.csv or the folder")
    }
    try TextLimits.check(names.count, file: file, line: 1)
    for needed in ["Measure", "Value"] where !names.contains(needed) {
      throw SourceError(
        file: file, line: 1, column: needed,
        "is missing from the header; expected the Observations.csv of an OData v4 download"
          + didYouMean(needed, among: names))
    }
    for (i, name) in names.enumerated() {
      if name.isEmpty { throw SourceError(file: file, line: 1, "column \(i + 1) of the header has no name") }
      if names[..<i].contains(name) {
        throw SourceError(file: file, line: 1, column: name, "occurs twice in the header")
      }
    }
    self.names = names
    kinds = names.map { name in
      switch name {
      case "Id": .id
      case "Measure": .measure
      case "Value": .value
      case "StringValue": .text
      case "ValueAttribute": .attribute
      default: .dimension
      }
    }
    measurePlace = kinds.firstIndex(of: .measure) ?? 0
    valuePlace = kinds.firstIndex(of: .value) ?? 0
    textPlace = kinds.firstIndex(of: .text)
    attributePlace = kinds.firstIndex(of: .attribute)
  }

  /// The names on the first line; none when that is no line of UTF-8 text between semicolons.
  static func names(_ head: [UInt8]) -> [String] {
    var bytes = head[...]
    if bytes.starts(with: byteOrderMark) { bytes = bytes.dropFirst(3) }
    let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    guard let text = String(validating: line, as: UTF8.self) else { return [] }
    return text.split(separator: ";", omittingEmptySubsequences: false).map { name in
      CSVHeader.trimBlanks(
        name.count > 1 && name.hasPrefix("\"") && name.hasSuffix("\"")
          ? String(name.dropFirst().dropLast()) : String(name))
    }
  }

  /// The names of the dimensions, in the order of the file.
  var dimensions: [String] { zip(names, kinds).filter { $0.1 == .dimension }.map(\.0) }

  /// Checks that the header is that of the download's dimensions.
  /// - Throws: ``SourceError`` when it is not: the folder then mixes two downloads.
  func check(_ download: Download, file: String) throws(SourceError) {
    guard let known = download.dimensions?.map(\.identifier) else { return }
    let mine = dimensions
    let absent = known.filter { !mine.contains($0) }
    let extra = mine.filter { !known.contains($0) }
    guard absent.isEmpty && extra.isEmpty else {
      var parts: [String] = []
      if !absent.isEmpty {
        parts.append("Dimensions.csv names \(absent.joined(separator: ", ")), which the observations lack")
      }
      if !extra.isEmpty {
        parts.append("the observations have \(extra.joined(separator: ", ")), which Dimensions.csv does not name")
      }
      throw SourceError(
        file: file, line: 1,
        parts.joined(separator: "; ") + ": the folder mixes two downloads; unpack each one in a folder of its own")
    }
  }
}

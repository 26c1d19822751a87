import Glibc
import PipelineKit
import Tabular

/// A measure of an OData v4 data set.
struct Measure: Sendable, Equatable {
  /// The code in the observations, for example `M000224`.
  var identifier: String
  /// The title.
  var title: String
  /// The titles of the groups in which it stands, from the outermost.
  var groups: [String] = []
  /// The unit of measurement.
  var unit = ""
  /// Decimals to print.
  var decimals: Int?
  /// Whether its observations are texts.
  var isText = false
}

/// The files of an OData v4 bulk download: the observations, and beside them what explains their codes.
struct Download: Sendable {
  /// The files with observations, in order.
  private(set) var observations: [String] = []
  /// The dimensions in `Dimensions.csv`; nil when there is no such file.
  private(set) var dimensions: [(identifier: String, title: String)]?
  /// The measures in `MeasureCodes.csv`; nil when there is no such file.
  private(set) var measures: [Measure]?
  /// The codes of each dimension that has a file of them.
  private(set) var categories: [String: CBSMetadata.Categories] = [:]
  /// The table's identifier, title and day of change, and how many observations it has; from `Properties.csv`.
  private(set) var identifier = ""
  private(set) var title = ""
  private(set) var modified = ""
  private(set) var observationCount: Int?
  /// The path of the file of properties.
  private(set) var propertiesFile = ""

  private var folder: String

  /// The download at `path`: its folder, or the file with its observations.
  ///
  /// Only files that the observations need are read: `labels` names the dimensions of which codes are wanted.
  init(_ path: String, labels: [String], context: RunContext) throws(SourceError) {
    if let names = try context.names(in: path) {
      folder = path.hasSuffix("/") ? path : path + "/"
      var found = names.filter { Self.isObservations($0) }
      if found.isEmpty, let inner = names.first(where: { Self.isObservations($0.split(separator: "/").last ?? "") }),
        let slash = inner.lastIndex(of: "/")
      {
        // An archive that holds a folder.
        folder += String(inner[...slash])
        found = names.filter { $0.hasPrefix(inner[...slash]) }.map { String($0.dropFirst(inner[...slash].count)) }
          .filter { Self.isObservations($0) }
      }
      guard !found.isEmpty else {
        throw SourceError(
          file: path, "has no file Observations.csv; name the folder or zip archive of one OData v4 download")
      }
      observations = found.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }.map { folder + $0 }
    } else {
      observations = [path]
      folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }
    let names = Set(try Self.names(in: folder, context))
    if names.contains("Dimensions.csv") { dimensions = try readDimensions(context) }
    if names.contains("MeasureCodes.csv") { measures = try readMeasures(names, context) }
    if names.contains("Properties.csv") { try readProperties(context) }
    for dimension in labels where names.contains(dimension + "Codes.csv") {
      categories[dimension] = try readCodes(dimension, context)
    }
  }

  /// The title for people of a measure: its own when no other has it, else (and with `showsPath`) with its groups before it.
  func label(of measure: Measure, showsPath: Bool) -> String {
    let isShared = (measures ?? []).count { $0.title == measure.title } > 1
    return isShared || showsPath ? (measure.groups + [measure.title]).joined(separator: " / ") : measure.title
  }

  // MARK: Files

  private static func names(in folder: String, _ context: RunContext) throws(SourceError) -> [String] {
    if let names = try context.names(in: folder.isEmpty ? "." : folder) { return names }
    // A folder in an archive.
    let parts = folder.split(separator: "/", omittingEmptySubsequences: false)
    for count in stride(from: parts.count - 1, to: 0, by: -1) {
      let archive = parts[..<count].joined(separator: "/")
      let inner = parts[count...].joined(separator: "/")
      guard !archive.isEmpty, let names = try? context.names(in: archive) else { continue }
      return names.filter { $0.hasPrefix(inner) }.map { String($0.dropFirst(inner.count)) }
    }
    return []
  }

  private static func isObservations(_ name: some StringProtocol) -> Bool {
    name.hasPrefix("Observations") && name.hasSuffix(".csv")
  }

  /// The rows of a file in the folder, with its columns by name; when a header has a name twice the first counts.
  private func rows(
    _ name: String, _ needed: [String], _ context: RunContext, _ body: ([String], (String) -> String) -> Void
  ) throws(SourceError) {
    let path = folder + name
    var header: [String] = []
    let locator = CSVLocator(path: path, separator: UInt8(ascii: ";"), context: context)
    try CSVRecords.read(path, context: context) { (number, fields) throws(SourceError) in
      if number == 0 {
        header = fields.map { CSVHeader.trimBlanks($0) }
        for column in needed where !header.contains(column) {
          throw SourceError(
            file: path, line: 1, column: column, "is missing from the header" + didYouMean(column, among: header))
        }
        return .more
      }
      guard fields.count == header.count else {
        throw SourceError(
          file: path, line: locator.line(of: .record(number)),
          "found \(fields.count) fields, expected \(header.count) as in the header")
      }
      body(fields) { column in header.firstIndex(of: column).map { CSVHeader.trimBlanks(fields[$0]) } ?? "" }
      return .more
    }
  }

  private func readDimensions(_ context: RunContext) throws(SourceError) -> [(identifier: String, title: String)] {
    var list: [(identifier: String, title: String)] = []
    try rows("Dimensions.csv", ["Identifier"], context) { _, cell in list.append((cell("Identifier"), cell("Title"))) }
    return list
  }

  private func readMeasures(_ names: Set<String>, _ context: RunContext) throws(SourceError) -> [Measure] {
    var groups: [String: (title: String, parent: String)] = [:]
    if names.contains("MeasureGroups.csv") {
      try rows("MeasureGroups.csv", ["Id"], context) { _, cell in
        groups[cell("Id")] = (cell("Title"), cell("ParentId"))
      }
    }
    var list: [Measure] = []
    try rows("MeasureCodes.csv", ["Identifier"], context) { _, cell in
      var measure = Measure(identifier: cell("Identifier"), title: cell("Title"))
      var parent = cell("MeasureGroupId")
      while let group = groups[parent], measure.groups.count < 64 {
        measure.groups.insert(group.title, at: 0)
        parent = group.parent
      }
      measure.unit = cell("Unit")
      measure.decimals = Int(cell("Decimals")).flatMap { (0...15).contains($0) ? $0 : nil }
      measure.isText = cell("DataType") == "String"
      list.append(measure)
    }
    return list
  }

  private mutating func readProperties(_ context: RunContext) throws(SourceError) {
    var found: (identifier: String, title: String, modified: String, count: String)?
    try rows("Properties.csv", ["Identifier"], context) { _, cell in
      if found == nil { found = (cell("Identifier"), cell("Title"), cell("Modified"), cell("ObservationCount")) }
    }
    guard let found else { return }
    (identifier, title) = (found.identifier, found.title)
    modified = Self.day(found.modified)
    observationCount = Int(found.count)
    propertiesFile = folder + "Properties.csv"
  }

  /// A moment as .NET writes it for the Netherlands, `12-05-2023 00:00:00`, or as ISO 8601 has it, as a day of ISO 8601.
  static func day(_ text: String) -> String {
    let date = text.prefix(10)
    let parts = date.split(separator: "-")
    guard parts.count == 3 else { return String(date) }
    return parts[0].count == 2 && parts[2].count == 4 ? "\(parts[2])-\(parts[1])-\(parts[0])" : String(date)
  }

  private func readCodes(_ dimension: String, _ context: RunContext) throws(SourceError) -> CBSMetadata.Categories {
    var list = CBSMetadata.Categories()
    try rows(dimension + "Codes.csv", ["Identifier", "Title"], context) { _, cell in
      let code = cell("Identifier")
      list.titles[code] = cell("Title")
      if !cell("Status").isEmpty { list.statuses[code] = cell("Status") }
    }
    return list
  }
}

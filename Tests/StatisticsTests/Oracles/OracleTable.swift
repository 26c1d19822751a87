import Glibc
import Statistics
import Testing

/// A data set of the oracles: a header, then comma-separated fields of which some are quoted.
struct OracleTable {
  var header: [String] = []
  var rows: [[String]] = []

  init(_ name: String) throws {
    let folder = try #require(getenv("PEIL_ORACLES").map { String(cString: $0) })
    let file = try #require(fopen("\(folder)/data/\(name).csv", "r"), "cannot open \(name).csv")
    defer { fclose(file) }
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    while case let byte = fgetc(file), byte != EOF {
      switch UInt8(truncatingIfNeeded: byte) {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted:
        fields.append(String(decoding: field, as: UTF8.self))
        field = []
      case UInt8(ascii: "\r") where !isQuoted: break
      case UInt8(ascii: "\n") where !isQuoted:
        fields.append(String(decoding: field, as: UTF8.self))
        if header.isEmpty { header = fields } else { rows.append(fields) }
        (fields, field) = ([], [])
      case let other: field.append(other)
      }
    }
    if !field.isEmpty || !fields.isEmpty { rows.append(fields + [String(decoding: field, as: UTF8.self)]) }
  }

  func filtering(_ keep: ([String]) -> Bool) -> Self {
    var copy = self
    copy.rows = rows.filter(keep)
    return copy
  }

  func texts(_ name: String) throws -> [String] {
    let column = try #require(header.firstIndex(of: name), "no column \(name)")
    return rows.map { $0[column] }
  }

  /// The numbers of a column, blanks around them aside.
  func numbers(_ name: String) throws -> [Double] {
    try texts(name).map { text in try #require(Double(String(text.filter { $0 != " " })), "\(text) is no number") }
  }

  /// Neighbours of a `.gal` file, in the order of the file, with the names of the areas.
  static func neighbours(_ name: String) throws -> (names: [String], weights: SpatialWeights) {
    let folder = try #require(getenv("PEIL_ORACLES").map { String(cString: $0) })
    let lines = try ReferenceTable.lines("\(folder)/data/\(name)").dropFirst()
      .map { $0.split(separator: " ").map(String.init) }
    let names = stride(from: 0, to: lines.count - 1, by: 2).map { lines[$0][0] }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let lists = try stride(from: 1, to: lines.count, by: 2).map { try lines[$0].map { try #require(places[$0]) } }
    return (names, SpatialWeights(neighbours: lists))
  }
}

/// The German states by section: regions and industries in the order of their codes.
struct StatesByIndustry {
  let regions: [String]
  let industries: [String]
  private let data: OracleTable

  init() throws {
    data = try OracleTable("reat_g_regions_industries_2015")
    regions = Set(try data.texts("region_code")).sorted()
    industries = Set(try data.texts("ind_code")).sorted()
  }

  /// A column as regions by industries.
  func cells(_ column: String) throws -> [[Double]] {
    var result = [[Double]](repeating: [Double](repeating: 0, count: industries.count), count: regions.count)
    let (rows, kinds) = try (data.texts("region_code"), data.texts("ind_code"))
    for (row, value) in try data.numbers(column).enumerated() {
      guard let r = regions.firstIndex(of: rows[row]), let i = industries.firstIndex(of: kinds[row]) else { continue }
      result[r][i] = value
    }
    return result
  }
}

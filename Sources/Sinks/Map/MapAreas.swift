import PipelineKit
import Tabular

/// The rows of a map.
struct MapAreas {
  /// The field of the figures.
  let field: Field
  /// The reference system's number, 0 when it is not known.
  let epsg: Int
  /// A figure for each row, nil when missing.
  let values: [Double?]
  /// Why a figure is missing.
  let reasons: [MissingReason?]
  /// The codes of the areas, and their names.
  let codes: [String], names: [String]
  /// The place in ``periods`` of each row.
  let periodOfRow: [Int]
  /// The periods in order; one without a name when there is no column for them.
  let periods: [String]
  /// The place in ``shapes`` of each row, or nil.
  let shapeOfRow: [Int?]
  /// The different shapes.
  let shapes: [Shape]

  /// Rows without a boundary.
  var withoutShape: Int { shapeOfRow.count { $0 == nil } }
  /// Whether coordinates are degrees.
  var isGeographic: Bool { [4326, 4258].contains(epsg) }

  init(
    _ table: Table, value: String, area: String, name: String?, period: String?, geometry: String, path: String
  ) throws(SinkError) {
    func column(_ name: String) throws(SinkError) -> Column {
      do throws(TabularError) { return try table.column(name) } catch {
        throw SinkError(path: path, error.description)
      }
    }
    field = table.schema[value] ?? Field(value, .float64)
    let unit = table.schema[geometry]?.unit ?? ""
    epsg = unit.split(separator: ":").last.flatMap { Int($0) } ?? 0
    let figures = try column(value)
    let rows = 0..<table.rowCount
    reasons = rows.map { figures.missingReason(at: $0) }
    switch figures {
    case .float64(let c): values = rows.map { c.missing?.isPresent($0) ?? true ? c.values[$0] : nil }
    case .int64(let c): values = rows.map { c.missing?.isPresent($0) ?? true ? Double(c.values[$0]) : nil }
    default: values = rows.map { _ in nil }
    }
    let codeColumn = try column(area)
    codes = rows.map { codeColumn.text(at: $0) ?? "" }
    if let name {
      let nameColumn = try column(name)
      names = rows.map { nameColumn.text(at: $0) ?? "" }
    } else {
      names = rows.map { _ in "" }
    }
    if let period {
      let periodColumn = try column(period)
      let texts = rows.map { periodColumn.text(at: $0) ?? "" }
      let sorted = Set(texts).sorted()
      var places: [String: Int] = [:]
      for (i, text) in sorted.enumerated() { places[text] = i }
      periods = sorted
      periodOfRow = texts.map { places[$0] ?? 0 }
    } else {
      periods = [""]
      periodOfRow = rows.map { _ in 0 }
    }
    (shapes, shapeOfRow) = try Self.shapes(try column(geometry), codes, path)
  }

  /// The shapes by first appearance. A text that is no shape is an error.
  private static func shapes(_ column: Column, _ codes: [String], _ path: String) throws(SinkError) -> (
    [Shape], [Int?]
  ) {
    guard case .string(let texts) = column else { return ([], codes.map { _ in nil }) }
    var shapes: [Shape] = []
    var ofRow: [Int?] = []
    var known: [UInt32: Int] = [:]
    for row in texts.codes.indices {
      guard texts.missing?.isPresent(row) ?? true else {
        ofRow.append(nil)
        continue
      }
      let code = texts.codes[row]
      if let place = known[code] {
        ofRow.append(place)
        continue
      }
      let range = Int(texts.dictionary.offsets[Int(code)])..<Int(texts.dictionary.offsets[Int(code) + 1])
      let shape = texts.dictionary.bytes.withUnsafeBufferPointer {
        Shape(wellKnownText: UnsafeBufferPointer(rebasing: $0[range]))
      }
      guard let shape else {
        throw SinkError(
          path: path,
          "the boundary of \"\(codes[row])\" is not well-known text of points, lines or polygons: "
            + "\"\(texts.dictionary[code].prefix(40))\"")
      }
      known[code] = shapes.count
      ofRow.append(shapes.count)
      shapes.append(shape)
    }
    return (shapes, ofRow)
  }
}

/// The classes of a map's figures.
struct MapClasses {
  /// The bounds between classes, rising.
  let breaks: [Double]
  /// The smallest and largest figure; nil without figures.
  let range: (low: Double, high: Double)?

  /// The number of classes.
  var count: Int { breaks.count + 1 }

  /// Classes between `breaks`, or `count` of equal width over all values.
  init(_ values: [Double?], breaks: [Double], count: Int) {
    var low = Double.infinity
    var high = -Double.infinity
    for case .some(let value) in values { (low, high) = (min(low, value), max(high, value)) }
    range = low <= high ? (low, high) : nil
    if breaks.isEmpty, low < high {
      self.breaks = (1..<count).map { low + (high - low) * Double($0) / Double(count) }
    } else {
      self.breaks = breaks
    }
  }

  /// The class of a figure, from 0; a figure on a bound is in the class above it.
  func place(_ value: Double) -> Int { breaks.count { $0 <= value } }

  /// The bounds of class `i`, nil where it is open.
  func bounds(_ i: Int) -> (low: Double?, high: Double?) {
    let low = i > 0 ? breaks[i - 1] : range.map { min($0.low, breaks.first ?? $0.low) }
    let high = i < breaks.count ? breaks[i] : range.map { max($0.high, breaks.last ?? $0.high) }
    return (low, high)
  }
}

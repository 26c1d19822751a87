import Glibc
import PipelineKit
import Tabular

/// A map as a drawing in SVG 1.1.
struct MapDrawing {
  /// Pixels of one map's longer side, and of the space around it.
  private static let side = 480.0, margin = 16.0, legendWidth = 230.0, heading = 56.0

  let areas: MapAreas
  let classes: MapClasses
  let title: String

  func write(to output: OutputFile) throws(SinkError) {
    let frame = Frame(areas)
    let columns = max(1, min(areas.periods.count, 3))
    let rows = (areas.periods.count + columns - 1) / columns
    let (cellWidth, cellHeight) = (frame.width + Self.margin, frame.height + Self.margin + 20)
    let legend = legendLines()
    let width = Self.margin + Double(columns) * cellWidth + Self.legendWidth
    let height =
      max(
        Self.heading + Double(rows) * cellHeight, Self.heading + Double(legend.count) * 22 + Self.margin) + 34
    try output.write(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
        + "xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 \(Self.pixels(width)) \(Self.pixels(height))\" "
        + "font-family=\"sans-serif\" font-size=\"13\">\n<title>\(Self.escaped(title))</title>\n"
        + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
        + "<text x=\"\(Self.pixels(Self.margin))\" y=\"32\" font-size=\"20\">\(Self.escaped(title))</text>\n")
    try writeShapes(frame, to: output)
    for (i, period) in areas.periods.enumerated() {
      let x = Self.margin + Double(i % columns) * cellWidth
      let y = Self.heading + Double(i / columns) * cellHeight
      try writeMap(i, period, x, y, to: output)
    }
    let x = Self.margin + Double(columns) * cellWidth
    for (i, line) in legend.enumerated() {
      let y = Self.heading + Double(i) * 22
      try output.write(
        "<rect x=\"\(Self.pixels(x))\" y=\"\(Self.pixels(y))\" width=\"18\" height=\"14\" fill=\"\(line.colour)\" "
          + "stroke=\"#666666\" stroke-width=\"0.5\"/><text x=\"\(Self.pixels(x + 26))\" y=\"\(Self.pixels(y + 12))\">"
          + "\(Self.escaped(line.text))</text>\n")
    }
    try output.write(
      "<text x=\"\(Self.pixels(Self.margin))\" y=\"\(Self.pixels(height - 12))\" font-size=\"11\" fill=\"#555555\">"
        + "\(Self.escaped(footer))</text>\n</svg>\n")
  }

  // MARK: Parts

  /// Every shape once, for all periods to use.
  private func writeShapes(_ frame: Frame, to output: OutputFile) throws(SinkError) {
    try output.write("<defs>\n")
    for (i, shape) in areas.shapes.enumerated() {
      let closes = shape.kind == .areas
      var path = ""
      for part in shape.parts {
        var last = ""
        var count = 0
        for p in part.x.indices {
          let point = frame.point(part.x[p], part.y[p])
          if point == last { continue }
          path += (count == 0 ? "M" : "L") + point
          last = point
          count += 1
        }
        // What is smaller than a pixel stays visible as a dot.
        if count == 1 { path += "h0.1" }
        if closes { path += "Z" }
      }
      let isDrawn = closes ? "" : " stroke-linecap=\"round\" stroke-width=\"\(shape.kind == .points ? 6 : 2)\""
      try output.write("<path id=\"a\(i)\" fill-rule=\"evenodd\"\(isDrawn) d=\"\(path)\"/>\n")
    }
    try output.write("</defs>\n")
  }

  private func writeMap(
    _ period: Int, _ name: String, _ x: Double, _ y: Double, to output: OutputFile
  ) throws(SinkError) {
    var text =
      "<g transform=\"translate(\(Self.pixels(x)) \(Self.pixels(y)))\" stroke=\"#ffffff\" stroke-width=\"0.4\">\n"
    if !name.isEmpty { text += "<text y=\"12\" stroke=\"none\" font-size=\"15\">\(Self.escaped(name))</text>\n" }
    for row in areas.codes.indices where areas.periodOfRow[row] == period {
      guard let shape = areas.shapeOfRow[row] else { continue }
      let colour =
        areas.values[row].map { Self.colour(classes.place($0), of: classes.count) }
        ?? Self.grey(areas.reasons[row] ?? .unspecified)
      let stroke = areas.shapes[shape].kind == .areas ? "" : " stroke=\"\(colour)\""
      let what = areas.names[row].isEmpty ? areas.codes[row] : "\(areas.names[row]) (\(areas.codes[row]))"
      let figure = areas.values[row].map { shown($0) + unit } ?? (areas.reasons[row] ?? .unspecified).words
      text += "<use xlink:href=\"#a\(shape)\" y=\"20\" fill=\"\(colour)\"\(stroke)><title>"
      text += "\(Self.escaped(what)): \(Self.escaped(figure))</title></use>\n"
    }
    try output.write(text + "</g>\n")
  }

  private func legendLines() -> [(colour: String, text: String)] {
    var lines: [(colour: String, text: String)] = []
    if classes.range != nil {
      for i in 0..<classes.count {
        let (low, high) = classes.bounds(i)
        let text = "\(low.map { shown($0) } ?? "") to \(high.map { shown($0) } ?? "")\(unit)"
        lines.append((Self.colour(i, of: classes.count), text))
      }
    }
    for reason in MissingReason.allCases {
      let count = areas.reasons.count { $0 == reason }
      if count > 0 { lines.append((Self.grey(reason), "\(reason.words) (\(count))")) }
    }
    return lines
  }

  private var footer: String {
    var sources: [String] = []
    for origin in areas.field.origins {
      let text = [origin.producer, origin.table, origin.vintage].filter { !$0.isEmpty }.joined(separator: " ")
      if !text.isEmpty, !sources.contains(text) { sources.append(text) }
    }
    var parts = sources.isEmpty ? [] : ["Source: " + sources.joined(separator: "; ")]
    if areas.withoutShape > 0 { parts.append("\(areas.withoutShape) without a boundary") }
    return parts.joined(separator: ". ")
  }

  private var unit: String { areas.field.unit.isEmpty ? "" : " " + areas.field.unit }

  /// A figure with the decimals of its column, or at most two.
  private func shown(_ value: Double) -> String {
    let decimals = areas.field.decimals ?? 2
    let scale = pow(10.0, Double(max(0, min(decimals, 9))))
    let rounded = (value * scale).rounded() / scale
    let text = JSON.text(of: rounded.isFinite ? rounded : value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  // MARK: Marks

  /// The colour of class `i`, from light to dark.
  static func colour(_ i: Int, of count: Int) -> String {
    let stops = [(237.0, 243.0, 250.0), (107.0, 164.0, 205.0), (8.0, 48.0, 107.0)]
    let place = count > 1 ? Double(i) / Double(count - 1) * 2 : 1
    let (a, b) = place < 1 ? (stops[0], stops[1]) : (stops[1], stops[2])
    let share = place < 1 ? place : place - 1
    let mixed = [a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share, a.2 + (b.2 - a.2) * share]
    return "#" + mixed.map { Self.hexadecimal(Int($0.rounded())) }.joined()
  }

  /// The grey of a reason: light ones for cells that cannot occur.
  static func grey(_ reason: MissingReason) -> String {
    let part = hexadecimal(232 - 9 * Int(reason.rawValue))
    return "#" + part + part + part
  }

  private static func hexadecimal(_ value: Int) -> String {
    let text = String(value, radix: 16)
    return text.count == 1 ? "0" + text : text
  }

  /// Tenths of a pixel.
  static func pixels(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
    return (tenths < 0 ? "-" : "") + (rest == 0 ? "\(whole)" : "\(whole).\(rest)")
  }

  /// Text for XML; characters that XML does not know become spaces.
  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: out += " "
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// Where coordinates go in a map.
  private struct Frame {
    var width = side
    var height = side
    private var minX = 0.0, maxY = 0.0
    private var scaleX = 1.0, scaleY = 1.0

    init(_ areas: MapAreas) {
      var (low, high) = ((x: Double.infinity, y: Double.infinity), (x: -Double.infinity, y: -Double.infinity))
      for shape in areas.shapes {
        let measures = shape.measures
        low = (min(low.x, measures.minX), min(low.y, measures.minY))
        high = (max(high.x, measures.maxX), max(high.y, measures.maxY))
      }
      guard low.x.isFinite, low.y.isFinite, high.x.isFinite, high.y.isFinite else { return }
      let stretch = areas.isGeographic ? max(0.05, cos((low.y + high.y) / 2 * .pi / 180)) : 1
      let (spanX, spanY) = ((high.x - low.x) * stretch, high.y - low.y)
      let span = max(spanX, spanY)
      let scale = span > 0 && span.isFinite ? side / span : 1
      (minX, maxY) = (low.x, high.y)
      (scaleX, scaleY) = (scale * stretch, scale)
      (width, height) = (max(1, min(side, spanX * scale)), max(1, min(side, spanY * scale)))
    }

    /// `12.5 100`: y grows downwards.
    func point(_ x: Double, _ y: Double) -> String {
      let (right, down) = ((x - minX) * scaleX, (maxY - y) * scaleY)
      guard right.isFinite, down.isFinite, abs(right) < 1e9, abs(down) < 1e9 else { return "0 0" }
      return pixels(right) + " " + pixels(down)
    }
  }
}

extension MissingReason {
  /// The reason as a legend says it.
  fileprivate var words: String { label.split(separator: "_").joined(separator: " ") }
}

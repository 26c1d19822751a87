/// A JSON value whose objects keep their order, so that equal values give equal bytes.
public indirect enum JSON: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A finite number; written as the shortest text that reads back as the same double.
  case number(Double)
  /// Text.
  case string(String)
  /// A list.
  case array([JSON])
  /// Members in the order given.
  case object([(key: String, value: JSON)])

  /// Values are equal when they would be written alike.
  public static func == (a: JSON, b: JSON) -> Bool { a.text() == b.text() }

  /// The value as text; `indent` spaces a level, or one line when nil.
  public func text(indent: Int? = nil) -> String {
    var out: [UInt8] = []
    write(to: &out, indent: indent, level: 0)
    return String(decoding: out, as: UTF8.self)
  }

  private func write(to out: inout [UInt8], indent: Int?, level: Int) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .integer(let value): out += String(value).utf8
    case .number(let value): out += Self.text(of: value).utf8
    case .string(let value): Self.write(value, to: &out)
    case .array(let list):
      Self.writeList(list, "[", "]", to: &out, indent: indent, level: level) {
        $0.write(to: &$1, indent: indent, level: $2)
      }
    case .object(let members):
      Self.writeList(members, "{", "}", to: &out, indent: indent, level: level) { member, out, level in
        Self.write(member.key, to: &out)
        out += (indent == nil ? ":" : ": ").utf8
        member.value.write(to: &out, indent: indent, level: level)
      }
    }
  }

  private static func writeList<Element>(
    _ list: [Element], _ open: String, _ close: String, to out: inout [UInt8], indent: Int?, level: Int,
    _ element: (Element, inout [UInt8], Int) -> Void
  ) {
    out += open.utf8
    for (i, item) in list.enumerated() {
      if i > 0 { out += ",".utf8 }
      newLine(&out, indent, level + 1)
      element(item, &out, level + 1)
    }
    if !list.isEmpty { newLine(&out, indent, level) }
    out += close.utf8
  }

  private static func newLine(_ out: inout [UInt8], _ indent: Int?, _ level: Int) {
    guard let indent else { return }
    out.append(UInt8(ascii: "\n"))
    out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * level))
  }

  /// The shortest decimal text that reads back as `value`; whole numbers below 2^53 without a point.
  public static func text(of value: Double) -> String {
    precondition(value.isFinite, "JSON has no word for \(value)")
    if value == 0 { return "0" }
    if value.magnitude < 9_007_199_254_740_992, value == Double(Int64(value)) { return String(Int64(value)) }
    return value.description
  }

  private static func write(_ text: String, to out: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): out += "\\\"".utf8
      case UInt8(ascii: "\\"): out += "\\\\".utf8
      case UInt8(ascii: "\n"): out += "\\n".utf8
      case UInt8(ascii: "\r"): out += "\\r".utf8
      case UInt8(ascii: "\t"): out += "\\t".utf8
      case 0..<0x20: out += "\\u00".utf8 + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}

import Foundation

/// A value of the collection of worked cases: numbers, texts, and lists and maps of them.
enum JSONValue: Decodable, Equatable {
  case number(Double)
  case text(String)
  case list([JSONValue])
  case map([String: JSONValue])
  /// No value: what a statistic that is not defined answers.
  case null

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([JSONValue].self) {
      self = .list(list)
    } else if let map = try? value.decode([String: JSONValue].self) {
      self = .map(map)
    } else {
      self = .null
    }
  }

  init(_ value: Double?) { self = value.map(JSONValue.number) ?? .null }

  init(_ values: [Double?]) { self = .list(values.map { JSONValue($0) }) }

  init(_ rows: [[Double]]) { self = .list(rows.map { JSONValue($0) }) }

  init(_ members: [String: Double?]) { self = .map(members.mapValues { JSONValue($0) }) }

  subscript(name: String) -> JSONValue {
    if case .map(let members) = self { members[name] ?? .null } else { .null }
  }

  var number: Double? { if case .number(let number) = self { number } else { nil } }
  var text: String { if case .text(let text) = self { text } else { "" } }
  var elements: [JSONValue] { if case .list(let list) = self { list } else { [] } }
  var numbers: [Double] { elements.compactMap(\.number) }
  var rows: [[Double]] { elements.map(\.numbers) }
  /// The members of a map in the order of their names.
  var members: [(name: String, value: JSONValue)] {
    if case .map(let members) = self { members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } } else { [] }
  }

  /// Every number in it, lists in their order and maps in that of their names.
  var flattened: [Double] {
    switch self {
    case .number(let number): [number]
    case .text, .null: []
    case .list(let list): list.flatMap(\.flattened)
    case .map: members.flatMap(\.value.flattened)
    }
  }

  /// The largest difference of a number with that in the same place of `found`; nil when a place is missing there.
  ///
  /// A map may have more members than expected; a list may not be longer.
  func distance(to found: JSONValue) -> Double? {
    switch (self, found) {
    case (.number(let one), .number(let other)):
      return abs(one - other)
    case (.list(let one), .list(let other)):
      guard one.count == other.count else { return nil }
      return Self.largest(zip(one, other).map { $0.distance(to: $1) })
    case (.map(let one), .map):
      return Self.largest(one.map { $0.value.distance(to: found[$0.key]) })
    default:
      return self == found ? 0 : nil
    }
  }

  private static func largest(_ distances: [Double?]) -> Double? {
    distances.reduce(0) { largest, next in
      guard let largest, let next else { return nil }
      return max(largest, next)
    }
  }

  /// At most three numbers, and how many there are.
  var brief: String {
    let all = flattened
    let shown = all.prefix(3).map { String(format: "%.9g", $0) }.joined(separator: " ")
    return all.count > 3 ? "\(shown) ... (\(all.count))" : shown.isEmpty ? "none" : shown
  }
}

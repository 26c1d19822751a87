import PipelineKit

/// Which elements of a document are records: `/root/list/item`, or `//item` wherever it stands.
struct XMLRecordPath: Sendable, Equatable {
  /// The local names, outermost first.
  var names: [String]
  /// Whether the first name is the root element.
  var isFromRoot: Bool

  /// The path as written.
  var text: String { (isFromRoot ? "/" : "//") + names.joined(separator: "/") }

  init(names: [String], isFromRoot: Bool) {
    self.names = names
    self.isFromRoot = isFromRoot
  }

  /// The path that `text` states.
  init(_ text: Located) throws(SpecError) {
    isFromRoot = !text.text.hasPrefix("//")
    guard text.text.hasPrefix("/") else {
      throw SpecError(
        text.position, "expected a path from the root such as /list/item, or //item, found \"\(text.text)\"")
    }
    names = text.text.dropFirst(isFromRoot ? 1 : 2).split(separator: "/", omittingEmptySubsequences: false)
      .map(String.init)
    for name in names { try XMLFieldPath.check(name, in: text.text, at: text.position) }
  }
}

/// Where a record's field stands: `@code`, `name`, `name/text`, `name/@lang`, `.`, `../@year`, `../name`.
struct XMLFieldPath: Sendable, Equatable, Hashable {
  /// How many elements outside the record it stands.
  var up = 0
  /// The local names below that element.
  var steps: [String] = []
  /// The attribute; nil for an element's text.
  var attribute: String?

  init(up: Int = 0, steps: [String] = [], attribute: String? = nil) {
    self.up = up
    self.steps = steps
    self.attribute = attribute
  }

  /// The path that `text` states.
  init(_ text: String, at position: SourcePosition) throws(SpecError) {
    var parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    while parts.first == ".." {
      up += 1
      parts.removeFirst()
    }
    if let last = parts.last, last.hasPrefix("@") {
      attribute = String(last.dropFirst())
      parts.removeLast()
      try Self.check(attribute ?? "", in: text, at: position)
    }
    if parts == ["."], up == 0, attribute == nil { parts = [] } else if parts.isEmpty, attribute == nil { parts = [""] }
    for part in parts { try Self.check(part, in: text, at: position) }
    steps = parts
    guard up == 0 || steps.count + (attribute == nil ? 0 : 1) == 1 else {
      throw SpecError(
        position, "\"\(text)\" goes up and down again; outside a record only ../@attribute and ../element can be read")
    }
  }

  /// The path as written.
  var text: String {
    let parts = [String](repeating: "..", count: up) + steps + (attribute.map { ["@" + $0] } ?? [])
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  static func check(_ name: String, in path: String, at position: SourcePosition) throws(SpecError) {
    if name.contains(":") {
      throw SpecError(
        position, "\"\(path)\" has a prefix, \"\(name)\"; give local names, they count in any namespace")
    }
    let signs: [Character] = ["@", "*", "[", "]", "(", ")", " ", "'", "\""]
    guard !name.isEmpty, name != ".", name != "..", !name.contains(where: { signs.contains($0) }) else {
      throw SpecError(
        position,
        "cannot read the path \"\(path)\"; expected names between slashes, such as item/value, @code, item/@unit, ../@year"
      )
    }
  }
}

/// What a document's records are and where their columns stand.
struct XMLRecordPlan: Sendable {
  var records: XMLRecordPath
  var fields: [(name: String, path: XMLFieldPath)]
}

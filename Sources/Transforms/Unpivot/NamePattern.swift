/// A pattern for names: literal text with placeholders in braces, such as `{value} SCHOOLJAAR {year} - {sex}`.
struct NamePattern {
  /// Why a text is no pattern.
  struct Flaw: Error {
    var text: String
  }

  /// The placeholders, in order.
  let placeholders: [String]
  /// The text before each placeholder, and behind the last.
  private let literals: [Substring]

  /// The pattern that `text` states.
  init(_ text: String) throws(Flaw) {
    var names: [String] = []
    var literals: [Substring] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { throw Flaw(text: "has a { without a }") }
      let name = String(rest[rest.index(after: open)..<close])
      if name.isEmpty { throw Flaw(text: "has a placeholder without a name") }
      if names.contains(name) { throw Flaw(text: "has {\(name)} twice") }
      if !names.isEmpty, open == rest.startIndex {
        throw Flaw(text: "has nothing between two placeholders, so that nothing says where the first ends")
      }
      literals.append(rest[..<open])
      names.append(name)
      rest = rest[rest.index(after: close)...]
    }
    if names.isEmpty { throw Flaw(text: "has no placeholder such as {year}") }
    literals.append(rest)
    placeholders = names
    self.literals = literals
  }

  /// What stands for each placeholder in `name`; nil when the name does not fit. Where there is a choice, the text between
  /// placeholders is looked for from the end, so that `{value}_{year}` splits `aantal_inwoners_2020` before the year.
  func match(_ name: String) -> [String]? {
    guard name.hasSuffix(literals[placeholders.count]) else { return nil }
    var rest = name.dropLast(literals[placeholders.count].count)
    var found: [String] = []
    for i in placeholders.indices.reversed() {
      let literal = literals[i]
      if i == 0 {
        guard rest.hasPrefix(literal), rest.count > literal.count else { return nil }
        found.append(String(rest.dropFirst(literal.count)))
        break
      }
      var start = rest.endIndex
      while true {
        guard start > rest.startIndex else { return nil }
        start = rest.index(before: start)
        let tail = rest[start...]
        if tail.hasPrefix(literal), tail.count > literal.count { break }
      }
      found.append(String(rest[start...].dropFirst(literal.count)))
      rest = rest[..<start]
    }
    return found.reversed()
  }
}

/// A YAML value with its place in the file. Parameters (`${name}`) are already filled in.
public struct SpecNode: Sendable, Equatable {
  /// One `key: value` of a mapping.
  public struct Entry: Sendable, Equatable {
    /// The key.
    public var key: String
    /// Where the key stands.
    public var position: SourcePosition
    /// The value.
    public var value: SpecNode
  }

  /// The kinds of value.
  public enum Content: Sendable, Equatable {
    /// Nothing, or `null`, unquoted.
    case null
    /// Text as written; codes stay text, so `0141` keeps its zero.
    case scalar(String, quoted: Bool)
    /// A list.
    case list([SpecNode])
    /// A mapping, in the order of the file.
    case map([Entry])
  }

  /// The value.
  public var content: Content
  /// Where it starts.
  public var position: SourcePosition
  /// Whether the text begins with a parameter given on the command line: a relative path in it is then relative to the
  /// current folder, not to the file.
  public var isFromCommandLine: Bool

  /// A value at a place.
  public init(_ content: Content, at position: SourcePosition, isFromCommandLine: Bool = false) {
    self.content = content
    self.position = position
    self.isFromCommandLine = isFromCommandLine
  }

  /// The entries of a mapping, or nil.
  public var entries: [Entry]? {
    if case .map(let entries) = content { return entries }
    return nil
  }

  /// The value under `key` of a mapping, or nil.
  public subscript(key: String) -> SpecNode? { entries?.first { $0.key == key }?.value }

  /// `a list`, `a mapping`, `"text"` or `nothing`: how messages name the value.
  public var summary: String {
    switch content {
    case .null: "nothing"
    case .scalar(let text, _): "\"\(text)\""
    case .list: "a list"
    case .map: "a mapping"
    }
  }

  /// The text of a scalar.
  /// - Throws: ``SpecError`` for anything else.
  public func text(_ expected: String = "text") throws(SpecError) -> String {
    guard case .scalar(let text, _) = content else {
      throw SpecError(position, "expected \(expected), found \(summary)")
    }
    return text
  }

  /// The elements of a list; a scalar stands for a list of one.
  /// - Throws: ``SpecError`` for a mapping or nothing.
  public func elements(_ expected: String = "a list") throws(SpecError) -> [SpecNode] {
    switch content {
    case .list(let list): return list
    case .scalar: return [self]
    default: throw SpecError(position, "expected \(expected), found \(summary)")
    }
  }

  /// The entries of a mapping.
  /// - Throws: ``SpecError`` for anything else.
  public func mapping(_ expected: String = "a mapping") throws(SpecError) -> [Entry] {
    guard case .map(let entries) = content else {
      throw SpecError(position, "expected \(expected), found \(summary)")
    }
    return entries
  }
}

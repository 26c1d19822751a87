import Glibc

/// A path, or a pattern for paths, as a source's `files:` gives it.
///
/// `*` stands for any text and `?` for one character, both within one folder name; `{name}` stands for any text that
/// becomes a key column called `name`: `kerncijfers_{year}.csv` gives every row the year of its file.
public struct FilePattern: Sendable, Equatable {
  /// The pattern.
  public var path: String
  /// Where it stands in the pipeline file.
  public var position: SourcePosition

  /// A pattern at a place.
  public init(_ path: SpecPath) {
    self.path = path.path
    position = path.position
  }

  /// A file that a pattern found.
  struct Match: Equatable {
    var path: String
    /// The texts that `{name}` stands for, in order.
    var captures: [(name: String, value: String)]

    static func == (a: Match, b: Match) -> Bool {
      a.path == b.path && a.captures.elementsEqual(b.captures, by: ==)
    }
  }

  /// The names in braces, in order.
  var captureNames: [String] { Self.tokens(of: Array(path.utf8)).compactMap { $0.name } }

  /// Whether a path or folder that is not there counts as finding nothing, not as a mistake.
  var mayBeAbsent = false

  /// The folders that are searched for names: their content decides what matches.
  private(set) var searchedFolders: [String] = []

  /// The files that match, sorted by path. A zip archive counts as a folder of its files. A path
  /// without wildcards matches itself, whether it exists or not unless it may be absent.
  mutating func expand() throws(SourceError) -> [Match] {
    let components = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard components.contains(where: { Self.isPattern($0) }) else {
      if mayBeAbsent, access(path, F_OK) != 0 {
        searchedFolders.append(Self.nearestFolder(path))
        return []
      }
      return [Match(path: path, captures: [])]
    }
    var found: [Match] = [Match(path: "", captures: [])]
    for (i, component) in components.enumerated() {
      var next: [Match] = []
      for base in found {
        let prefix = i == 0 ? "" : base.path + "/"
        guard Self.isPattern(component) else {
          next.append(Match(path: prefix + component, captures: base.captures))
          continue
        }
        let folder = i == 0 ? "." : (base.path.isEmpty ? "/" : base.path)
        if mayBeAbsent, access(folder, F_OK) != 0 {
          searchedFolders.append(Self.nearestFolder(folder))
          continue
        }
        searchedFolders.append(folder)
        for name in try Self.names(in: folder) {
          if let captures = Self.match(component, name) {
            next.append(Match(path: prefix + name, captures: base.captures + captures))
          }
        }
      }
      found = next
    }
    return found.sorted { $0.path < $1.path }
  }

  /// The folder above a path, as near as there is one.
  private static func nearestFolder(_ path: String) -> String {
    var folder = path[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      if folder.isEmpty { return "/" }
      if access(String(folder), F_OK) == 0 { return String(folder) }
    }
    return "."
  }

  private static func isPattern(_ text: String) -> Bool { text.contains { "*?{".contains($0) } }

  /// The names of the files in a folder or in a zip archive, in no order.
  static func names(in folder: String) throws(SourceError) -> [String] {
    if InputLocation(folder).isFile, let members = try InputFile.members(of: folder) { return members }
    guard let directory = opendir(folder) else { throw InputFile.unreadable(folder, errno) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix("."), !name.hasSuffix(".partial") { names.append(name) }
    }
    return names
  }

  private enum Token {
    case byte(UInt8)
    case anyByte
    case anyText
    case capture(String)

    var name: String? {
      if case .capture(let name) = self { return name }
      return nil
    }
  }

  private static func tokens(of pattern: [UInt8]) -> [Token] {
    var tokens: [Token] = []
    var i = 0
    while i < pattern.count {
      switch pattern[i] {
      case UInt8(ascii: "*"): tokens.append(.anyText)
      case UInt8(ascii: "?"): tokens.append(.anyByte)
      case UInt8(ascii: "{"):
        guard let end = pattern[i...].firstIndex(of: UInt8(ascii: "}")) else { fallthrough }
        tokens.append(.capture(String(decoding: pattern[(i + 1)..<end], as: UTF8.self)))
        i = end
      default: tokens.append(.byte(pattern[i]))
      }
      i += 1
    }
    return tokens
  }

  /// The captures when `name` matches `pattern`, else nil. A capture takes as little text as possible, at least one byte.
  static func match(_ pattern: String, _ name: String) -> [(name: String, value: String)]? {
    let tokens = tokens(of: Array(pattern.utf8))
    let bytes = Array(name.utf8)
    func rest(_ t: Int, _ b: Int) -> [(name: String, value: String)]? {
      guard t < tokens.count else { return b == bytes.count ? [] : nil }
      switch tokens[t] {
      case .byte(let wanted): return b < bytes.count && bytes[b] == wanted ? rest(t + 1, b + 1) : nil
      case .anyByte: return b < bytes.count ? rest(t + 1, b + 1) : nil
      case .anyText:
        for end in b...bytes.count { if let found = rest(t + 1, end) { return found } }
        return nil
      case .capture(let name):
        guard b < bytes.count else { return nil }
        for end in (b + 1)...bytes.count {
          if let found = rest(t + 1, end) {
            return [(name, String(decoding: bytes[b..<end], as: UTF8.self))] + found
          }
        }
        return nil
      }
    }
    return rest(0, 0)
  }
}

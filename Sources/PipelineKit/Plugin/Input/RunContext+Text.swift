extension RunContext {
  /// Opens a text file: ``open(_:)``, and what is read is UTF-8 whatever the file is written in.
  ///
  /// A byte order mark of UTF-8 is handed on; one of UTF-16 is not. Under `auto` a file that is not UTF-8 is read as
  /// Windows-1252, with a warning.
  /// - Throws: ``SourceError``; from reading, when the file is in none of the encodings that are allowed.
  public func openText(_ path: String, encoding: TextEncoding = .auto) throws(SourceError) -> InputFile {
    let file = try open(path)
    file.decodeText(as: encoding) { warn($0) }
    return file
  }

  /// At most `count` bytes from the start of a text file, as UTF-8; the last character may be cut.
  ///
  /// Like ``openText(_:encoding:)``, without the warning, which comes when the file is read.
  public func textHead(_ path: String, count: Int = 1 << 18, encoding: TextEncoding = .auto) throws(SourceError)
    -> [UInt8]
  {
    noteDependency(path)
    let file = try InputFile(path: path, record: RunRecord(), isHashed: false)
    file.decodeText(as: encoding) { _ in }
    return try file.readAtMost(count)
  }

  /// The names of the files in the zip archive at `path`; nil when it is no zip archive.
  /// - Throws: ``SourceError`` when the archive is damaged.
  public func members(of path: String) throws(SourceError) -> [String]? {
    noteDependency(path)
    return try InputFile.members(of: path)
  }

  /// The names of the files in the folder or zip archive at `path`, sorted; nil when it is neither.
  ///
  /// `path` with a slash and a name is then a file that ``open(_:)`` takes.
  /// - Throws: ``SourceError`` when it cannot be read.
  public func names(in path: String) throws(SourceError) -> [String]? {
    let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let location = InputLocation(folder)
    if location.member != nil { return nil }
    if location.isFile { return try members(of: folder)?.sorted() }
    if !location.isFolder { return nil }
    noteDependency(folder)
    return try FilePattern.names(in: folder).sorted()
  }
}

/// The first bytes of a file as an adapter's `recognise` gets them, as UTF-8 text.
public enum TextHead {
  /// The bytes as UTF-8, without a byte order mark; nil when they are in no encoding that ``TextEncoding/auto`` knows, or
  /// hold a NUL byte.
  public static func text(_ head: [UInt8]) -> [UInt8]? {
    var rest = head[...]
    let reader = TextReader(path: "", encoding: .auto, warn: { _ in }, line: { _ in 0 })
    var text: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)
    defer { buffer.deallocate() }
    do throws(SourceError) {
      while true {
        // Where the head of a longer file ends, a character may be cut: stop before the reader hears of an end.
        let count = try reader.read(into: buffer) { (piece) throws(SourceError) in
          if rest.isEmpty, head.count < 4 { return 0 }
          if rest.isEmpty { throw SourceError(file: "", "end of head") }
          let count = min(piece.count, rest.count)
          piece.copyBytes(from: rest.prefix(count))
          rest = rest.dropFirst(count)
          return count
        }
        if count == 0 { break }
        text += buffer[..<count]
      }
    } catch {
      if error.message != "end of head" { return nil }
    }
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
    return text.contains(0) ? nil : text
  }
}

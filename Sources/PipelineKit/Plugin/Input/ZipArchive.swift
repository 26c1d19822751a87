import CArchive

/// A zip archive on disk, read by libarchive.
final class ZipArchive {
  /// The file on disk.
  let file: String
  private let archive: OpaquePointer

  init(file: String) throws(SourceError) {
    self.file = file
    guard let archive = archive_read_new() else { fatalError("libarchive gives no reader") }
    self.archive = archive
    archive_read_support_format_zip(archive)
    guard archive_read_open_filename(archive, file, 1 << 16) == ARCHIVE_OK else { throw damaged() }
  }

  deinit { archive_read_free(archive) }

  /// The name of the next file, or nil behind the last one.
  func next() throws(SourceError) -> String? {
    while true {
      var entry: OpaquePointer?
      switch archive_read_next_header(archive, &entry) {
      case ARCHIVE_EOF: return nil
      case ARCHIVE_OK, ARCHIVE_WARN: break
      default: throw damaged()
      }
      guard let name = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry) else { continue }
      let text = String(cString: name)
      if archive_entry_filetype(entry) == mode_t(0o100000), !text.hasSuffix("/") { return text }
    }
  }

  /// Bytes of the file that ``next()`` named; 0 at its end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    while true {
      let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if count != Int(ARCHIVE_RETRY) { throw damaged() }
    }
  }

  private func damaged() -> SourceError {
    let reason = archive_error_string(archive).map { ": " + String(cString: $0) } ?? ""
    return SourceError(file: file, "cannot be unpacked as a zip archive\(reason); fetch the file again")
  }

  /// The names of all files that a person would call data, in the archive's order.
  static func members(of file: String) throws(SourceError) -> [String] {
    let archive = try ZipArchive(file: file)
    var names: [String] = []
    while let name = try archive.next() { if isData(name) { names.append(name) } }
    return names
  }

  /// Whether a file is none of those that operating systems add.
  private static func isData(_ name: String) -> Bool {
    let last = name.split(separator: "/").last ?? ""
    return !name.hasPrefix("__MACOSX/") && !last.hasPrefix(".") && last != "Thumbs.db"
  }

  /// The member that `wanted` names, or the only one.
  /// - Throws: ``SourceError`` that says what there is.
  static func member(_ wanted: String?, of location: InputLocation) throws(SourceError) -> String {
    let names = try members(of: location.file)
    guard let wanted else {
      if names.count == 1 { return names[0] }
      throw SourceError(file: location.path, choice(names, location.file))
    }
    if names.contains(wanted) { return wanted }
    let alike = names.filter { $0.hasSuffix("/" + wanted) }
    if alike.count == 1 { return alike[0] }
    throw SourceError(
      .unreadable, file: location.path, "\(location.file) has no file \"\(wanted)\"; " + list(names))
  }

  /// Why an archive is not one table, and what to write.
  static func choice(_ names: [String], _ file: String) -> String {
    if names.isEmpty { return "is a zip archive without files" }
    if names.contains("[Content_Types].xml") { return "is an Office document, not text; save its sheet as CSV" }
    return "is a zip archive of \(names.count) files; name one as \(file)/\(names[0]); " + list(names)
  }

  private static func list(_ names: [String]) -> String {
    "it holds \(names.prefix(12).joined(separator: ", "))" + (names.count > 12 ? " and \(names.count - 12) more" : "")
  }
}

/// One file of a zip archive.
final class ZipReader: InputStage {
  private let archive: ZipArchive
  private var isAtEnd = false

  init(_ location: InputLocation) throws(SourceError) {
    let member = try ZipArchive.member(location.member, of: location)
    archive = try ZipArchive(file: location.file)
    while let name = try archive.next(), name != member {}
  }

  /// The archive reads its file itself, from the list of members at its end. When the member is at its end, the bytes of
  /// the file go by once, so that they are hashed.
  func read(into buffer: UnsafeMutableRawBufferPointer, from source: ByteSource) throws(SourceError) -> Int {
    guard buffer.count > 0 else { return 0 }
    let count = isAtEnd ? 0 : try archive.read(into: buffer)
    if count == 0 {
      isAtEnd = true
      while try source(buffer) > 0 {}
    }
    return count
  }
}

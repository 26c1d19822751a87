import Glibc

extension InputFile {
  /// The stage that unpacks the file at `location`, or nil when it is not packed.
  static func unpacker(_ location: InputLocation, _ descriptor: CInt) throws(SourceError) -> (any InputStage)? {
    switch location.packing(descriptor) {
    case .gzip where location.member == nil: return GzipReader(path: location.path)
    case .zip: return try ZipReader(location)
    default:
      if location.member == nil { return nil }
      throw unreadable(location.path, ENOTDIR)
    }
  }

  /// Whether the bytes at `location` have to be unpacked, and can be.
  static func isTable(_ location: InputLocation) throws(SourceError) -> Bool {
    if location.member != nil { return true }
    let descriptor = try openDescriptor(location.file)
    defer { close(descriptor) }
    switch location.packing(descriptor) {
    case .none: return false
    case .gzip: return true
    case .zip: return try ZipArchive.members(of: location.file).count == 1
    }
  }

  /// The names of the files in the zip archive at `path`; nil when it is none.
  static func members(of path: String) throws(SourceError) -> [String]? {
    let descriptor = try openDescriptor(path)
    defer { close(descriptor) }
    guard InputLocation(path).packing(descriptor) == .zip else { return nil }
    return try ZipArchive.members(of: path)
  }

  /// At most `count` bytes from here on.
  func readAtMost(_ count: Int) throws(SourceError) -> [UInt8] {
    var bytes: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: min(count, 1 << 16), alignment: 4096)
    defer { chunk.deallocate() }
    while bytes.count < count {
      let found = try read(into: chunk)
      if found == 0 { break }
      bytes += chunk[..<min(found, count - bytes.count)]
    }
    return bytes
  }

  /// The line, from 1, on which the byte at `offset` of a text file stands; 0 when it cannot be read again.
  static func line(of offset: Int, in path: String) -> Int {
    guard let file = try? InputFile(path: path, record: RunRecord()) else { return 0 }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)
    defer { chunk.deallocate() }
    var (line, place) = (1, 0)
    while place < offset, let count = try? file.read(into: chunk), count > 0 {
      for byte in chunk[..<min(count, offset - place)] where byte == 0x0A { line += 1 }
      place += count
    }
    return line
  }
}

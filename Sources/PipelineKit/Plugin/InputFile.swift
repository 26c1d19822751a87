import Glibc

/// A file being read in pieces, its SHA-256 taken on the way, or apart.
///
/// Gzip and zip are read through; size and SHA-256 are those of the bytes on disk.
///
/// Belongs to one reader on one thread.
public final class InputFile {
  /// The path as given.
  public let path: String
  /// Bytes of the file on disk read so far.
  public private(set) var bytesRead = 0
  /// The file on disk: the archive when `path` names one of its members.
  let file: String
  private var unpacker: (any InputStage)?
  private var decoder: (any InputStage)?
  private var descriptor: CInt
  /// Nil when the bytes are hashed apart.
  private var digest: SHA256?
  private let record: RunRecord
  private var isFinished = false

  init(path: String, record: RunRecord, isHashed: Bool = true) throws(SourceError) {
    self.path = path
    self.record = record
    digest = isHashed ? SHA256() : nil
    let location = InputLocation(path)
    file = location.file
    descriptor = try Self.openDescriptor(location.file)
    unpacker = try Self.unpacker(location, descriptor)
  }

  deinit { close(descriptor) }

  /// Reads the next bytes into `buffer`; 0 means that the file is at its end.
  /// - Throws: ``SourceError`` of kind `unreadable`.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    guard let decoder else { return try readUnpacked(buffer) }
    return try decoder.read(into: buffer, from: readUnpacked)
  }

  private func readUnpacked(_ buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    guard let unpacker else { return try readStored(buffer) }
    return try unpacker.read(into: buffer, from: readStored)
  }

  private func readStored(_ buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    let count = try Self.read(descriptor, into: buffer, path)
    if count > 0 {
      digest?.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      bytesRead += count
    } else if !isFinished, buffer.count > 0 {
      isFinished = true
      guard record.isSame(file, Self.identity(descriptor)) else {
        throw SourceError(
          .unreadable, file: path, "changed while the run read it; run again when nobody writes to it")
      }
      if digest != nil { record.finished(.init(path: file, bytes: bytesRead, sha256: digest?.finish() ?? "")) }
    }
    return count
  }

  /// All bytes that are left.
  /// - Throws: ``SourceError`` of kind `unreadable`.
  public func readAll() throws(SourceError) -> [UInt8] {
    var bytes: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = try read(into: chunk)
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  /// The first bytes of the file, unpacked; an archive of several files is shown as it is.
  static func head(_ path: String, count: Int) throws(SourceError) -> [UInt8] {
    let location = InputLocation(path)
    if try isTable(location) {
      return try InputFile(path: path, record: RunRecord(), isHashed: false).readAtMost(count)
    }
    let descriptor = try openDescriptor(path)
    defer { close(descriptor) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { chunk.deallocate() }
    var filled = 0
    while filled < count {
      let n = try read(descriptor, into: UnsafeMutableRawBufferPointer(rebasing: chunk[filled...]), path)
      if n == 0 { break }
      filled += n
    }
    return [UInt8](chunk[..<filled])
  }

  /// Turns what is read from here on into UTF-8.
  func decodeText(as encoding: TextEncoding, warn: @escaping (String) -> Void) {
    decoder = TextReader(path: path, encoding: encoding, warn: warn) { [path] in Self.line(of: $0, in: path) }
  }

  static func openDescriptor(_ path: String) throws(SourceError) -> CInt {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, errno) }
    var info = stat()
    if fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw SourceError(.unreadable, file: path, "is a folder; name the file, or a pattern such as \"\(path)/*.csv\"")
    }
    return descriptor
  }

  /// What tells a state of an open file from another: device, inode, size and time of change.
  private static func identity(_ descriptor: CInt) -> [Int] {
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { return [] }
    return [Int(info.st_dev), Int(info.st_ino), Int(info.st_size), info.st_mtim.tv_sec, info.st_mtim.tv_nsec]
  }

  private static func read(_ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer, _ path: String)
    throws(SourceError) -> Int
  {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw unreadable(path, errno) }
    }
  }

  static func unreadable(_ path: String, _ code: CInt) -> SourceError {
    let reason = String(cString: strerror(code))
    let advice = code == EACCES ? "; check the permissions of the file and its folders" : ""
    return SourceError(.unreadable, file: path, "cannot be read: \(reason)\(advice)")
  }
}

import Glibc

/// Where the bytes of an input stand: a file on disk, or a member of a zip archive on disk.
struct InputLocation {
  /// The path as the user gave it, for messages.
  let path: String
  /// The file on disk.
  let file: String
  /// The archive's member that the path names, or nil.
  let member: String?

  /// `folder/archive.zip/data/table.csv` is the member `data/table.csv` when `folder/archive.zip` is a file.
  init(_ path: String) {
    self.path = path
    var info = stat()
    if stat(path, &info) != 0, errno == ENOTDIR, let (archive, member) = Self.split(path) {
      file = archive
      self.member = member
    } else {
      file = path
      member = nil
    }
  }

  /// Whether the path names a regular file.
  var isFile: Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG
  }

  /// Whether the path names a folder.
  var isFolder: Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  private static func split(_ path: String) -> (archive: String, member: String)? {
    let bytes = Array(path.utf8)
    for (i, byte) in bytes.enumerated() where byte == UInt8(ascii: "/") && i > 0 && i + 1 < bytes.count {
      let folder = String(decoding: bytes[..<i], as: UTF8.self)
      var info = stat()
      guard stat(folder, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { continue }
      return (folder, String(decoding: bytes[(i + 1)...], as: UTF8.self))
    }
    return nil
  }

  /// What the file on disk is packed with, by its first bytes; nothing for what cannot be read twice, such as a pipe.
  func packing(_ descriptor: CInt) -> Packing {
    var magic: [UInt8] = [0, 0, 0, 0]
    let count = pread(descriptor, &magic, 4, 0)
    if count >= 3, magic[0] == 0x1F, magic[1] == 0x8B, magic[2] == 8 { return .gzip }
    if count == 4, magic == [0x50, 0x4B, 3, 4] || magic == [0x50, 0x4B, 5, 6] { return .zip }
    return .none
  }

  enum Packing { case none, gzip, zip }
}

/// Reads from a stage below: fills some of the buffer; 0 is the end.
typealias ByteSource = (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int

/// Turns the bytes of a file into those that a plugin reads, piece by piece, in memory that does not grow with the file.
protocol InputStage: AnyObject {
  /// Fills some of `buffer`; 0 is the end. `source` gives the bytes of the stage below.
  func read(into buffer: UnsafeMutableRawBufferPointer, from source: ByteSource) throws(SourceError) -> Int
}

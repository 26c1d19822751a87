import Glibc

/// Where the bytes of a Parquet file come from. Reads may come from several threads at once.
public protocol ParquetSource: Sendable {
  /// The bytes of the file.
  var size: Int { get }
  /// The `count` bytes from `offset` on; the reader asks for no byte beyond ``size``.
  func read(at offset: Int, count: Int) throws(ParquetError) -> [UInt8]
}

/// A file that stands in memory.
public struct ParquetBytes: ParquetSource {
  private let bytes: [UInt8]

  /// The file that consists of `bytes`.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The bytes of the file.
  public var size: Int { bytes.count }

  /// The `count` bytes from `offset` on.
  public func read(at offset: Int, count: Int) throws(ParquetError) -> [UInt8] {
    Array(bytes[offset..<(offset + count)])
  }
}

/// A file on disk, of which only the bytes that are needed are read.
public final class ParquetFile: ParquetSource {
  private let descriptor: Int32
  private let path: String
  /// The bytes of the file.
  public let size: Int

  /// Opens the file at `path`.
  /// - Throws: ``ParquetError/input(_:)`` when it cannot be opened.
  public init(path: String) throws(ParquetError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .input("\(path): \(String(cString: strerror(errno)))") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .input("\(path): not a regular file")
    }
    self.descriptor = descriptor
    self.path = path
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The `count` bytes from `offset` on.
  public func read(at offset: Int, count: Int) throws(ParquetError) -> [UInt8] {
    var failure: ParquetError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      while filled < count {
        let got = pread(descriptor, out.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else {
          let cause = got == 0 ? "it became shorter while it was read" : String(cString: strerror(errno))
          failure = .input("\(path), byte \(offset + filled): \(cause)")
          return
        }
        filled += got
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

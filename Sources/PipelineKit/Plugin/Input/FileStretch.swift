import Glibc

/// The records of a text file that start in a range of its bytes: UTF-8, lines that end in LF or CRLF, perhaps quotes.
///
/// A range may start in the middle of a record. The first record is taken to start behind the first line end from there
/// on, as if the range started outside quotes; the last goes on past the range, up to the first line end outside quotes.
/// Whether that was right shows when the stretches before it are known: each must end where the next starts.
///
/// The bytes are not hashed: ``RunContext/open(_:)`` reads the whole file for that, beside the stretches.
public final class FileStretch {
  /// Where its first record starts.
  public private(set) var start: Int
  /// Where the record behind its last one starts, once it has been read to its end.
  public private(set) var end = -1
  /// Whether all bytes so far were UTF-8; when they are not, it ends there.
  public private(set) var isUTF8 = true

  private let path: String
  private let descriptor: CInt
  private let range: Range<Int>
  private let quote: UInt8
  private var place: Int
  private var isQuoted = false
  private var scan = UTF8Scan()

  /// The stretch of `range`, which starts at a record when `startsRecord`.
  /// - Throws: ``SourceError`` of kind `unreadable`.
  public init(path: String, range: Range<Int>, startsRecord: Bool, quote: UInt8) throws(SourceError) {
    self.path = path
    self.range = range
    self.quote = quote
    descriptor = try InputFile.openDescriptor(path)
    start = range.lowerBound
    place = start
    if !startsRecord { try findStart() }
  }

  deinit { close(descriptor) }

  /// The size of the file at `path` when it can be read in stretches: it lies open on a disk.
  public static func size(of path: String) -> Int? {
    let location = InputLocation(path)
    guard location.member == nil, location.isFile, let descriptor = try? InputFile.openDescriptor(path) else {
      return nil
    }
    defer { close(descriptor) }
    return location.packing(descriptor) == .none ? fileSize(path) : nil
  }

  /// Puts the start behind the first line end at or behind the byte before the range.
  private func findStart() throws(SourceError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    defer { buffer.deallocate() }
    place = range.lowerBound - 1
    while true {
      let count = try fill(buffer)
      if count == 0 { break }
      let bytes = UnsafePointer(buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
      if let found = bytes.place(of: 0x0A, from: 0, to: count) {
        place += found + 1
        break
      }
      place += count
    }
    start = place
  }

  private func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(place))
      if count >= 0 { return count }
      if errno != EINTR { throw InputFile.unreadable(path, errno) }
    }
  }

  /// Reads the next bytes into `buffer`, which holds some dozens at least; 0 is the end of the stretch.
  /// - Throws: ``SourceError`` of kind `unreadable`.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    if end >= 0 || !isUTF8 { return 0 }
    if start >= range.upperBound {
      end = start
      return 0
    }
    let count = try fill(buffer)
    if count == 0 {
      end = place
      return 0
    }
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    var taken = self.count(bytes)
    // A character that the piece cuts is read again with the next.
    guard case .valid(let whole) = scan.scan(UnsafeRawBufferPointer(rebasing: bytes[..<taken])), whole > 0,
      whole == taken || end < 0
    else {
      isUTF8 = false
      return 0
    }
    if whole < taken { taken = whole }
    place += taken
    return taken
  }

  /// Whether `byte` occurs an odd number of times in the first `count` of `bytes`.
  private static func isOdd(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, _ count: Int) -> Bool {
    guard count > 0, let base = bytes.baseAddress, memchr(base, CInt(byte), count) != nil else { return false }
    let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
    var place = 0
    // The high bit of each byte that is another; eight of them are an even number.
    var others: UInt64 = 0
    while place &+ 8 <= count {
      let word = base.loadUnaligned(fromByteOffset: place, as: UInt64.self) ^ pattern
      others ^= (((word & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | word) & 0x8080_8080_8080_8080
      place &+= 8
    }
    var found = others.nonzeroBitCount
    while place < count {
      if bytes[place] == byte { found += 1 }
      place += 1
    }
    return found & 1 == 1
  }

  /// How many of `bytes` belong to the stretch; notes its end when it lies there.
  private func count(_ bytes: UnsafeRawBufferPointer) -> Int {
    // Up to the last byte of the range a line end is not the last one.
    let inner = min(bytes.count, max(0, range.upperBound - 1 - place))
    if Self.isOdd(quote, in: bytes, inner) { isQuoted.toggle() }
    for i in inner..<bytes.count {
      if bytes[i] == quote {
        isQuoted.toggle()
      } else if bytes[i] == 0x0A, !isQuoted {
        end = place + i + 1
        return i + 1
      }
    }
    return bytes.count
  }
}

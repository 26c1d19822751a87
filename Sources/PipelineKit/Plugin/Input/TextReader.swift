/// Turns the bytes of a text file into UTF-8.
///
/// UTF-8 passes through the caller's buffer as it is; each piece is looked through once, while it is in the cache. What
/// has passed cannot be called back, and need not be: as long as all of it was ASCII it means the same in Windows-1252, so
/// the first byte that is not UTF-8 decides for that. A file that has held UTF-8 characters before such a byte is neither,
/// and is refused.
final class TextReader: InputStage {
  private enum Mode { case start, utf8, windows1252, utf16(bigEndian: Bool) }

  private let path: String
  private let encoding: TextEncoding
  private let warn: (String) -> Void
  /// The line of the byte at an offset, found by reading the file again; 0 when that fails.
  private let line: (Int) -> Int
  private var mode = Mode.start
  private var scan = UTF8Scan()
  /// Bytes of the file that have been understood.
  private var offset = 0
  /// The start of a character whose end is not read yet.
  private var tail: [UInt8] = []
  /// UTF-8 that waits for room.
  private var pending: [UInt8] = []
  private var pendingStart = 0
  private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)

  init(
    path: String, encoding: TextEncoding, warn: @escaping (String) -> Void, line: @escaping (Int) -> Int
  ) {
    self.path = path
    self.encoding = encoding
    self.warn = warn
    self.line = line
  }

  deinit { scratch.deallocate() }

  func read(into buffer: UnsafeMutableRawBufferPointer, from source: ByteSource) throws(SourceError) -> Int {
    guard buffer.count > 0 else { return 0 }
    while true {
      if pendingStart < pending.count { return takePending(buffer) }
      if case .utf8 = mode, buffer.count >= 64 { return try pass(buffer, source) }
      guard try fill(source) else { return 0 }
    }
  }

  private func takePending(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, pending.count - pendingStart)
    buffer.copyBytes(from: pending[pendingStart..<(pendingStart + count)])
    pendingStart += count
    if pendingStart == pending.count {
      pending.removeAll(keepingCapacity: true)
      pendingStart = 0
    }
    return count
  }

  /// UTF-8, straight into the caller's buffer.
  private func pass(_ buffer: UnsafeMutableRawBufferPointer, _ source: ByteSource) throws(SourceError) -> Int {
    while true {
      let kept = tail.count
      for (i, byte) in tail.enumerated() { buffer[i] = byte }
      let count = try source(UnsafeMutableRawBufferPointer(rebasing: buffer[kept...]))
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<(kept + count)])
      if kept > 0 { tail.removeAll(keepingCapacity: true) }
      if count == 0, kept == 0 { return 0 }
      let (good, rest) = try check(bytes, isLast: count == 0)
      if good > 0 {
        if !rest.isEmpty { try takeRest(rest) }
        return good
      }
      try takeRest(rest)
      if pendingStart < pending.count { return takePending(buffer) }
    }
  }

  /// How many of the bytes are whole UTF-8 characters, and the bytes behind them.
  private func check(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(SourceError) -> (Int, [UInt8]) {
    var good: Int
    var isUTF8 = true
    switch scan.scan(bytes) {
    case .valid(let place):
      good = place
      isUTF8 = place == bytes.count || !isLast
    case .invalid(let place):
      good = place
      isUTF8 = false
    }
    offset += good
    if !isUTF8 { try fallBack(bytes[good]) }
    return (good, good == bytes.count ? [] : Array(bytes[good...]))
  }

  /// Keeps what stands behind whole characters, or decodes it when the file has turned out to be Windows-1252.
  private func takeRest(_ rest: [UInt8]) throws(SourceError) {
    if case .windows1252 = mode {
      try rest.withUnsafeBufferPointer { (bytes) throws(SourceError) in try decode(UnsafeRawBufferPointer(bytes)) }
    } else {
      tail = rest
    }
  }

  /// The byte at `offset` is not UTF-8.
  private func fallBack(_ byte: UInt8) throws(SourceError) {
    let name = "the byte 0x" + hexadecimal([byte])
    let number = line(offset)
    if encoding == .utf8 {
      throw SourceError(
        file: path, line: number, "\(name) is not UTF-8; the file is damaged, or in another encoding")
    }
    if scan.isBeyondASCII {
      throw SourceError(
        file: path, line: number,
        "\(name) is not UTF-8, but characters before it are; the file mixes two encodings, convert it to UTF-8")
    }
    mode = .windows1252
    warn("\(path):\(number): \(name) is not UTF-8; the file is read as Windows-1252")
  }

  /// Reads a piece into `pending` or `tail`; false at the end of the file.
  private func fill(_ source: ByteSource) throws(SourceError) -> Bool {
    if case .start = mode { return try start(source) }
    let kept = tail.count
    for (i, byte) in tail.enumerated() { scratch[i] = byte }
    tail.removeAll(keepingCapacity: true)
    let count = try readScratch(from: kept, source)
    let bytes = scratch[..<(kept + count)]
    if bytes.isEmpty { return false }
    try take(Array(bytes), isLast: count == 0)
    return true
  }

  private func readScratch(from place: Int, _ source: ByteSource) throws(SourceError) -> Int {
    try source(UnsafeMutableRawBufferPointer(rebasing: scratch[place...]))
  }

  /// The first bytes, which may be a byte order mark.
  private func start(_ source: ByteSource) throws(SourceError) -> Bool {
    var filled = 0
    while filled < 4 {
      let count = try readScratch(from: filled, source)
      if count == 0 { break }
      filled += count
    }
    var bytes = scratch[..<filled]
    mode = encoding == .windows1252 ? .windows1252 : .utf8
    if encoding == .auto {
      let isBig = bytes.starts(with: [0xFE, 0xFF])
      if isBig || bytes.starts(with: [0xFF, 0xFE]) {
        mode = .utf16(bigEndian: isBig)
        bytes = bytes.dropFirst(2)
        offset = 2
      }
    }
    if bytes.isEmpty { return false }
    try take(Array(bytes), isLast: false)
    return true
  }

  private func take(_ bytes: [UInt8], isLast: Bool) throws(SourceError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(SourceError) in
      let all = UnsafeRawBufferPointer(bytes)
      switch mode {
      case .start: break
      case .windows1252: try decode(all)
      case .utf16(let isBig): try decodeUTF16(all, bigEndian: isBig, isLast: isLast)
      case .utf8:
        let (good, rest) = try check(all, isLast: isLast)
        pending += all[..<good]
        try takeRest(rest)
      }
    }
  }

  private func decode(_ bytes: UnsafeRawBufferPointer) throws(SourceError) {
    if let place = Windows1252.append(bytes, to: &pending) {
      throw SourceError(
        file: path, line: line(offset + place),
        "the byte 0x\(hexadecimal([bytes[place]])) is neither UTF-8 nor Windows-1252; the file is damaged, or not text")
    }
    offset += bytes.count
  }

  private func decodeUTF16(_ bytes: UnsafeRawBufferPointer, bigEndian: Bool, isLast: Bool) throws(SourceError) {
    func unit(_ i: Int) -> UInt32 {
      bigEndian ? UInt32(bytes[i]) << 8 | UInt32(bytes[i + 1]) : UInt32(bytes[i + 1]) << 8 | UInt32(bytes[i])
    }
    var place = 0
    while place + 2 <= bytes.count {
      let first = unit(place)
      if !(0xD800...0xDFFF).contains(first) {
        appendUTF8(first, to: &pending)
        place += 2
        continue
      }
      if first < 0xDC00, place + 4 > bytes.count, !isLast { break }
      guard first < 0xDC00, place + 4 <= bytes.count, (0xDC00...0xDFFF).contains(unit(place + 2)) else {
        throw notUTF16(offset + place)
      }
      appendUTF8(0x10000 + (first - 0xD800) << 10 + (unit(place + 2) - 0xDC00), to: &pending)
      place += 4
    }
    offset += place
    if isLast, place < bytes.count { throw notUTF16(offset) }
    tail = Array(bytes[place...])
  }

  private func notUTF16(_ offset: Int) -> SourceError {
    SourceError(
      file: path,
      "is UTF-16 by its byte order mark, but byte \(offset) belongs to no character; the file is damaged or cut off")
  }
}

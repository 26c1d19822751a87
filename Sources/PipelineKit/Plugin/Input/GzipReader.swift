import CZlib

/// Unpacks gzip (RFC 1952): one member or several, one after the other.
final class GzipReader: InputStage {
  private let path: String
  private let stream: UnsafeMutablePointer<z_stream>
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)
  private var isBetweenMembers = false

  init(path: String) {
    self.path = path
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16: gzip's own header and checksum.
    guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
      fatalError("zlib cannot unpack gzip")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, from source: ByteSource) throws(SourceError) -> Int {
    guard buffer.count > 0 else { return 0 }
    stream.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(clamping: buffer.count)
    let room = stream.pointee.avail_out
    while stream.pointee.avail_out == room {
      if stream.pointee.avail_in == 0, try refill(from: source) == 0 {
        if isBetweenMembers { return 0 }
        throw SourceError(file: path, "ends in the middle of its gzip data; the file is cut off, fetch it again")
      }
      if isBetweenMembers, try !startMember() { continue }
      switch inflate(stream, Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isBetweenMembers = true
      default: throw damaged()
      }
    }
    return Int(room - stream.pointee.avail_out)
  }

  private func refill(from source: ByteSource) throws(SourceError) -> Int {
    let count = try source(input)
    stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_in = UInt32(count)
    return count
  }

  /// Starts the next member; false when there were only zeros, with which some programs fill up the last block.
  private func startMember() throws(SourceError) -> Bool {
    while stream.pointee.avail_in > 0, let next = stream.pointee.next_in, next.pointee == 0 {
      stream.pointee.next_in = next + 1
      stream.pointee.avail_in -= 1
    }
    guard stream.pointee.avail_in > 0, let next = stream.pointee.next_in else { return false }
    guard next.pointee == 0x1F, inflateReset(stream) == Z_OK else {
      throw SourceError(file: path, "has other bytes behind its gzip data; the file is damaged, fetch it again")
    }
    isBetweenMembers = false
    return true
  }

  private func damaged() -> SourceError {
    let reason = stream.pointee.msg.map { ": " + String(cString: $0) } ?? ""
    return SourceError(file: path, "its gzip data are damaged\(reason); fetch the file again")
  }
}

import Glibc

/// Memory that grows and is used again from page to page. Not for sharing between threads.
final class ByteStore {
  /// The first byte; aligned for every type here.
  private(set) var base: UnsafeMutableRawPointer
  /// Bytes that may be used.
  private(set) var capacity: Int

  init(capacity: Int = 1 << 12) {
    self.capacity = capacity
    base = .allocate(byteCount: capacity, alignment: 64)
  }

  deinit { base.deallocate() }

  /// Makes room for `count` elements of `type` and gives their place; what was there before is lost.
  func room<E: BitwiseCopyable>(for count: Int, of type: E.Type) -> UnsafeMutablePointer<E> {
    let needed = count * MemoryLayout<E>.stride
    if needed > capacity {
      base.deallocate()
      capacity = max(needed, capacity * 2)
      base = .allocate(byteCount: capacity, alignment: 64)
    }
    return base.bindMemory(to: E.self, capacity: count)
  }
}

/// A place in memory to which bytes are written one after the other. The caller has made enough room.
struct ByteCursor {
  var next: UnsafeMutableRawPointer

  init(_ start: UnsafeMutableRawPointer) { next = start }

  mutating func put(_ byte: UInt8) {
    next.storeBytes(of: byte, as: UInt8.self)
    next += 1
  }

  mutating func put(_ value: UInt32) {
    next.storeBytes(of: value.littleEndian, as: UInt32.self)
    next += 4
  }

  mutating func put(_ source: UnsafeRawPointer, count: Int) {
    memcpy(next, source, count)
    next += count
  }

  mutating func putVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      put(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    put(UInt8(rest))
  }
}

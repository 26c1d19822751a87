import Glibc

/// Bytes that grow in place: their address is good until the next change.
final class ByteBuffer {
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// How many there are.
  private(set) var count = 0

  /// An empty buffer.
  init(capacity: Int = 4096) {
    self.capacity = capacity
    memory = .allocate(capacity: capacity)
  }

  deinit { memory.deallocate() }

  /// The bytes.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: memory, count: count) }

  /// Forgets the bytes, not the memory.
  func removeAll() { count = 0 }

  /// Adds a byte.
  func append(_ byte: UInt8) {
    if count == capacity { grow(count + 1) }
    memory[count] = byte
    count += 1
  }

  /// Adds bytes.
  func append(_ more: UnsafeBufferPointer<UInt8>) {
    guard let start = more.baseAddress, more.count > 0 else { return }
    if count + more.count > capacity { grow(count + more.count) }
    memcpy(memory + count, start, more.count)
    count += more.count
  }

  private func grow(_ needed: Int) {
    let wider = max(needed, capacity * 2)
    let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: wider)
    fresh.update(from: memory, count: count)
    memory.deallocate()
    memory = fresh
    capacity = wider
  }
}

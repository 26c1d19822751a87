import Glibc

extension UnsafePointer<UInt8> {
  /// Where `byte` first stands in the bytes from `start` up to `end`; nil when it does not.
  package func place(of byte: UInt8, from start: Int, to end: Int) -> Int? {
    guard start < end, let found = memchr(self + start, CInt(byte), end - start) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(self)
  }

  /// Where `word`, of one byte or more, first stands whole in the bytes from `start` up to `end`; nil when it does not.
  package func place(of word: StaticString, from start: Int, to end: Int) -> Int? {
    let length = word.utf8CodeUnitCount
    var start = start
    while let place = place(of: word.utf8Start[0], from: start, to: end - length + 1) {
      if memcmp(self + place, word.utf8Start, length) == 0 { return place }
      start = place + 1
    }
    return nil
  }
}

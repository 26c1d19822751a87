import Glibc
import PipelineKit
import Tabular

/// Gives the texts of a column of codes their numbers, in order of first appearance.
///
/// A field is first compared, in one step, with the text that is expected there: the one of the record before, or the one
/// that followed it last time. Only when both fail is its end looked for and its text hashed.
struct CodeColumn {
  /// A text with the bytes behind it that end the field, as two words and the bits of them that count.
  private struct Entry {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var lowMask: UInt64 = 0
    var highMask: UInt64 = 0
    /// Bytes with those that end the field; 0 for a text too long to be compared so.
    var length = 0
    /// The code that came behind this one last.
    var next = 0

    @inline(__always)
    func matches(_ a: UInt64, _ b: UInt64) -> Bool {
      (a ^ low) & lowMask | (b ^ high) & highMask == 0 && length != 0
    }
  }

  /// What a field was found to be.
  enum Outcome {
    /// A field with this code; the next one starts there.
    case code(Int, next: UnsafePointer<UInt8>)
    /// A field in quotes, one too many or too few, or one whose text is not UTF-8.
    case other
  }

  private(set) var builder = StringDictionaryBuilder()
  /// The code of the record before, -1 before the first.
  private(set) var last = -1
  private var entries: UnsafeMutablePointer<Entry>
  private var capacity = 64
  private let isLast: Bool

  /// A column; `isLast` says that its fields end with the line.
  init(isLast: Bool) {
    self.isLast = isLast
    entries = .allocate(capacity: 64)
    entries.initialize(repeating: Entry(), count: 64)
  }

  func destroy() { entries.deallocate() }

  /// The code of the field at `place`, of the column at `column`. Memory is looked at up to 16 bytes on.
  @inline(__always)
  static func take(_ place: UnsafePointer<UInt8>, _ column: UnsafeMutablePointer<CodeColumn>) -> Outcome {
    let last = column.pointee.last
    if last >= 0 {
      let raw = UnsafeRawPointer(place)
      let low = raw.loadUnaligned(as: UInt64.self)
      let high = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      let entry = column.pointee.entries + last
      if entry.pointee.matches(low, high) {
        return .code(last, next: place + entry.pointee.length)
      }
      let next = entry.pointee.next
      let other = column.pointee.entries + next
      if other.pointee.matches(low, high) {
        column.pointee.last = next
        return .code(next, next: place + other.pointee.length)
      }
    }
    return column.pointee.search(place)
  }

  /// Looks for the end of the field. The bytes hold a line end.
  @inline(never)
  private mutating func search(_ place: UnsafePointer<UInt8>) -> Outcome {
    if place.pointee == UInt8(ascii: "\"") { return .other }
    var end = place
    while end.pointee != UInt8(ascii: ";"), end.pointee != 0x0A { end += 1 }
    guard (end.pointee == 0x0A) == isLast else { return .other }
    var length = end - place
    if isLast, length > 0, place[length - 1] == 0x0D { length -= 1 }
    if length == 0, !isLast { return .other }
    guard let code = code(of: FieldSpan(start: place, count: length)) else { return .other }
    remember(code, place, end - place + 1)
    return .code(code, next: end + 1)
  }

  /// The code of a field whose bounds are known; nil when it is not UTF-8 text or holds a NUL.
  ///
  /// Blanks around the text are cut off.
  mutating func code(of field: FieldSpan) -> Int? {
    var (start, count) = (field.start, field.count)
    while count > 0, start[count - 1] == 0x20 { count -= 1 }
    while count > 0, start[0] == 0x20 {
      start += 1
      count -= 1
    }
    let text = UnsafeBufferPointer(start: start, count: count)
    if let code = builder.find(text) { return follow(Int(code)) }
    guard String(validating: text, as: UTF8.self) != nil, !text.contains(0) else { return nil }
    let code = Int(builder.code(of: text))
    if code == capacity {
      let wider = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
      wider.initialize(repeating: Entry(), count: capacity * 2)
      wider.update(from: entries, count: capacity)
      entries.deallocate()
      entries = wider
      capacity *= 2
    }
    // Matches nothing until its bytes are remembered.
    entries[code].next = code
    return follow(code)
  }

  private mutating func follow(_ code: Int) -> Int {
    if last >= 0 { entries[last].next = code }
    last = code
    return code
  }

  /// Remembers the bytes of a field with its end, when they fit two words.
  private func remember(_ code: Int, _ place: UnsafePointer<UInt8>, _ length: Int) {
    guard length <= 16 else { return }
    let raw = UnsafeRawPointer(place)
    // The first byte of the file is the lowest of the word, as on all machines that Swift runs on.
    let lowMask: UInt64 = length >= 8 ? .max : (1 &<< UInt64(length &* 8)) &- 1
    let highMask: UInt64 = length == 16 ? .max : length > 8 ? (1 &<< UInt64((length &- 8) &* 8)) &- 1 : 0
    entries[code].low = raw.loadUnaligned(as: UInt64.self) & lowMask
    entries[code].high = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & highMask
    entries[code].lowMask = lowMask
    entries[code].highMask = highMask
    entries[code].length = length
  }
}

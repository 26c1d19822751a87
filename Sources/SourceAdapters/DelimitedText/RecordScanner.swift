import Glibc
import PipelineKit

/// How the records of a text file are told apart.
struct RecordDialect: Sendable, Equatable {
  /// The byte between fields.
  var separator = UInt8(ascii: ";")
  /// The byte around fields that hold separators, line ends or quotes; 0 when there is none.
  var quote = UInt8(ascii: "\"")
  /// A record that starts with these bytes is a comment; empty when there are none.
  var comment: [UInt8] = []
}

/// Cuts UTF-8 text into records and fields, a record at a time.
///
/// A quoted field may hold separators, line ends and doubled quotes; a quote inside a field that does not start with one
/// is text. Lines end in LF, CRLF or CR; empty lines and comments are passed over. Memory holds one piece of the file, or
/// one record when that is longer, up to 16 MiB: what is longer is a quote that nobody closed.
final class RecordScanner {
  /// A record longer than this is a mistake.
  static let longestRecord = 1 << 24

  private struct Field {
    var start: UInt32
    var length: UInt32
    var isEscaped: Bool
  }

  private enum Outcome { case record, more, end, openQuote, strayQuote }

  private let path: String
  private let dialect: RecordDialect
  private let source: ByteSource
  private let limit: Int
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// Where the next record starts, and where the bytes end.
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  /// Whether a byte order mark was there and is left out.
  private var isMarkPassed = false
  /// Bytes of the text before the buffer.
  private var passed = 0
  private var line = 1
  private let ends: UnsafeMutablePointer<Bool>
  private let quotedEnds: UnsafeMutablePointer<Bool>
  private var fields: UnsafeMutablePointer<Field>
  private var fieldCapacity = 64
  /// The number of fields of the record.
  private(set) var count = 0
  /// The line, from 1, on which the record starts.
  private(set) var recordLine = 1
  /// Where in the text the record starts.
  private(set) var recordOffset = 0

  /// A scanner of the text that `source` gives. `piece` is the size of the buffer, `limit` that of the longest record.
  init(
    path: String, dialect: RecordDialect, piece: Int = 1 << 17, limit: Int = longestRecord,
    source: @escaping ByteSource
  ) {
    self.path = path
    self.dialect = dialect
    self.source = source
    self.limit = limit
    capacity = piece
    buffer = .allocate(capacity: piece + 8)
    fields = .allocate(capacity: fieldCapacity)
    ends = .allocate(capacity: 256)
    ends.initialize(repeating: false, count: 256)
    for byte in [dialect.separator, 0x0A, 0x0D] { ends[Int(byte)] = true }
    quotedEnds = .allocate(capacity: 256)
    quotedEnds.initialize(repeating: false, count: 256)
    for byte in [dialect.quote, 0x0A] { quotedEnds[Int(byte)] = true }
  }

  deinit {
    buffer.deallocate()
    fields.deallocate()
    ends.deallocate()
    quotedEnds.deallocate()
  }

  /// The bytes of a field of the record, without quotes around it; good until the next record.
  subscript(field: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: buffer + Int(fields[field].start), count: Int(fields[field].length))
  }

  /// Goes on to the next record; false at the end of the text.
  /// - Throws: ``SourceError`` when quotes are used wrongly.
  func next() throws(SourceError) -> Bool {
    while true {
      switch parse() {
      case .record:
        return true
      case .more: try refill()
      case .end: return false
      case .openQuote: throw openQuote("the file ends inside a quoted field, in the record that starts here")
      case .strayQuote:
        throw SourceError(
          file: path, line: line,
          "text stands behind the closing quote of a field; a quote in a quoted field is written twice "
            + "(\(String(repeating: Character(UnicodeScalar(dialect.quote)), count: 2)))")
      }
    }
  }

  /// Passes over the first `bytes` of the text, no more than the buffer holds.
  func skip(_ bytes: Int) throws(SourceError) {
    while end < bytes, !isAtEnd { try refill() }
    start = min(bytes, end)
    for i in 0..<start where buffer[i] == 0x0A { line += 1 }
  }

  /// Reads to the end of the file without looking.
  func drain() throws(SourceError) {
    while !isAtEnd {
      start = end
      try refill()
    }
  }

  private func openQuote(_ what: String) -> SourceError {
    SourceError(
      file: path, line: recordLine,
      "\(what); the file is cut off, or a quote is missing")
  }

  /// Moves what is left to the front and reads more behind it.
  private func refill() throws(SourceError) {
    let left = end - start
    if start > 0 {
      memmove(buffer, buffer + start, left)
      passed += start
      start = 0
      end = left
    } else if end == capacity {
      guard capacity < limit else {
        throw openQuote(
          "a record of more than \(limit >= 1 << 20 ? "\(limit >> 20) MiB" : "\(limit) bytes") starts here")
      }
      let wider = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2 + 8)
      memcpy(wider, buffer, end)
      buffer.deallocate()
      buffer = wider
      capacity *= 2
    }
    let count = try source(UnsafeMutableRawBufferPointer(start: buffer + end, count: capacity - end))
    if count == 0 { isAtEnd = true }
    end += count
    if !isMarkPassed, passed == 0, start == 0, end >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF {
      start = 3
      isMarkPassed = true
    }
  }

  @inline(__always)
  private func add(_ start: UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>, escaped: Bool) {
    if count == fieldCapacity { growFields() }
    fields[count] = Field(
      start: UInt32(truncatingIfNeeded: start - buffer), length: UInt32(truncatingIfNeeded: end - start),
      isEscaped: escaped)
    count &+= 1
  }

  @inline(never)
  private func growFields() {
    let wider = UnsafeMutablePointer<Field>.allocate(capacity: fieldCapacity * 2)
    wider.moveInitialize(from: fields, count: count)
    fields.deallocate()
    fields = wider
    fieldCapacity *= 2
  }

  /// Passes over line ends and comments; false when the bytes at hand do not show where they end.
  private func passOver() -> Bool {
    while start < end {
      let byte = buffer[start]
      if byte == 0x0A {
        start += 1
      } else if byte == 0x0D {
        if start + 1 == end, !isAtEnd { return false }
        start += start + 1 < end && buffer[start + 1] == 0x0A ? 2 : 1
      } else if !dialect.comment.isEmpty, byte == dialect.comment[0] {
        guard isComment() else { return end - start >= dialect.comment.count || isAtEnd }
        guard let lineEnd = UnsafePointer(buffer).place(of: 0x0A, from: start, to: end) else {
          if !isAtEnd { return false }
          start = end
          return true
        }
        start = lineEnd + 1
      } else {
        return true
      }
      line += 1
    }
    return isAtEnd
  }

  private func isComment() -> Bool {
    end - start >= dialect.comment.count
      && dialect.comment.indices.allSatisfy { buffer[start + $0] == dialect.comment[$0] }
  }

  /// Finds the fields of the record at `start`.
  private func parse() -> Outcome {
    guard passOver() else { return .more }
    if start == end { return .end }
    let stop = buffer + end
    stop.pointee = 0x0A  // no run goes past the end
    var place = buffer + start
    let (separator, quote) = (dialect.separator, dialect.quote)
    var lines = 1
    var hasEscapes = false
    count = 0
    recordLine = line
    recordOffset = passed + start
    while true {
      let first = place
      if place.pointee == quote, quote != 0, place < stop {
        var isEscaped = false
        place += 1
        while true {
          while !quotedEnds[Int(place.pointee)] { place += 1 }
          if place == stop { return isAtEnd ? .openQuote : .more }
          if place.pointee == 0x0A {
            lines += 1
          } else {
            if place + 1 == stop, !isAtEnd { return .more }
            if place + 1 == stop || place[1] != quote { break }
            isEscaped = true
            place += 1
          }
          place += 1
        }
        add(first + 1, place, escaped: isEscaped)
        if isEscaped { hasEscapes = true }
        place += 1
        while place < stop, place.pointee == 0x20 { place += 1 }
      } else {
        while !ends[Int(place.pointee)] { place += 1 }
        add(first, place, escaped: false)
      }
      if place == stop {
        if !isAtEnd { return .more }
        break
      }
      let byte = place.pointee
      if byte == separator {
        place += 1
        continue
      }
      guard byte == 0x0A || byte == 0x0D else { return .strayQuote }
      if byte == 0x0D, place + 1 == stop, !isAtEnd { return .more }
      place += byte == 0x0D && place + 1 < stop && place[1] == 0x0A ? 2 : 1
      break
    }
    line += lines
    start = place - buffer
    if hasEscapes { unescape() }
    return .record
  }

  /// Makes one quote of two, in place.
  private func unescape() {
    for i in 0..<count where fields[i].isEscaped {
      let bytes = buffer + Int(fields[i].start)
      var (from, to) = (0, 0)
      while from < Int(fields[i].length) {
        bytes[to] = bytes[from]
        from += bytes[from] == dialect.quote ? 2 : 1
        to += 1
      }
      fields[i].length = UInt32(to)
      fields[i].isEscaped = false
    }
  }
}

/// Reads from where the bytes come.
typealias ByteSource = (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int

import Glibc
import PipelineKit

/// A stretch of bytes: a field of a record.
struct FieldSpan {
  /// Where it starts.
  var start: UnsafePointer<UInt8>
  /// How many bytes it has.
  var count: Int
}

/// The lines of a file in pieces of about 1 MiB, the next piece being read and hashed while one is worked on when the run
/// has threads for it.
///
/// Behind each piece stand 64 bytes that may be looked at but mean nothing.
final class RecordStream {
  /// The longest record that is taken.
  static let longestRecord = 1 << 18
  private static let pieceSize = 1 << 20
  private static let padding = 64

  /// The file.
  let path: String
  private let context: RunContext
  private let file: InputFile
  private let buffers: [UnsafeMutablePointer<UInt8>]
  /// The byte of the file at which the running piece starts.
  private(set) var offset = 0

  init(path: String, context: RunContext) throws(SourceError) {
    self.path = path
    self.context = context
    file = try context.openText(path)
    buffers = (0..<2).map { _ in
      let size = Self.longestRecord + Self.pieceSize + Self.padding
      let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
      memset(buffer, 0, size)
      return buffer
    }
  }

  deinit { for buffer in buffers { buffer.deallocate() } }

  /// Calls `body` with one piece after another: its start, its end, and whether the file ends there.
  ///
  /// `body` answers where the first record begins that it has not taken; the next piece starts there. nil ends the reading.
  func read(
    _ body: (UnsafePointer<UInt8>, UnsafePointer<UInt8>, Bool) throws(SourceError) -> UnsafePointer<UInt8>?
  ) throws(SourceError) {
    var current = 0
    var start = UnsafePointer(buffers[0] + Self.longestRecord)
    var count = try fill(0)
    while true {
      let isLast = count < Self.pieceSize
      let end = UnsafePointer(buffers[current] + Self.longestRecord + count)
      var ahead: Result<Int, SourceError> = .success(0)
      var answer: Result<UnsafePointer<UInt8>?, SourceError> = .success(nil)
      if isLast || context.threads < 2 {
        answer = Result { () throws(SourceError) in try body(start, end, isLast) }
        if case .success(.some) = answer, !isLast {
          ahead = Result { () throws(SourceError) in try fill(1 - current) }
        }
      } else {
        withoutActuallyEscaping(body) { body in
          nonisolated(unsafe) let body = body
          nonisolated(unsafe) let me = self
          nonisolated(unsafe) let (from, to) = (start, end)
          let other = 1 - current
          nonisolated(unsafe) var work = answer
          nonisolated(unsafe) var reading = ahead
          context.parallel(2) { i in
            if i == 0 {
              work = Result { () throws(SourceError) in try body(from, to, false) }
            } else {
              reading = Result { () throws(SourceError) in try me.fill(other) }
            }
          }
          answer = work
          ahead = reading
        }
      }
      guard let rest = try answer.get(), !isLast else { return }
      let tail = end - rest
      guard tail < Self.longestRecord else {
        throw SourceError(
          file: path, line: line(at: offset + (rest - start)),
          "a record of more than 256 KiB starts here; a quote or a line end is missing")
      }
      offset += rest - start
      current = 1 - current
      count = try ahead.get()
      let target = buffers[current] + Self.longestRecord - tail
      memcpy(target, rest, tail)
      start = UnsafePointer(target)
    }
  }

  private func fill(_ i: Int) throws(SourceError) -> Int {
    var filled = 0
    while filled < Self.pieceSize {
      let count = try file.read(
        into: UnsafeMutableRawBufferPointer(
          start: buffers[i] + Self.longestRecord + filled, count: Self.pieceSize - filled))
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// The line, from 1, on which byte `offset` of the file stands; the file is read again for it.
  func line(at offset: Int) -> Int {
    guard let file = try? context.openText(path) else { return 0 }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { chunk.deallocate() }
    var line = 1
    var place = 0
    while place < offset, let count = try? file.read(into: chunk), count > 0 {
      for byte in chunk[..<min(count, offset - place)] where byte == 0x0A { line += 1 }
      place += count
    }
    return line
  }
}

/// Cuts records into fields as RFC 4180 says: fields in quotes may hold separators, line ends and doubled quotes.
struct RecordSplitter {
  /// What was found at the start of some bytes.
  enum Outcome {
    /// A record; the next one begins there.
    case record(next: UnsafePointer<UInt8>)
    /// Nothing but blank lines.
    case nothing(next: UnsafePointer<UInt8>)
    /// The bytes end inside a record.
    case incomplete
    /// Something follows a closing quote.
    case misplacedQuote
    /// The file ends inside quotes.
    case openQuote
  }

  private var spans = UnsafeMutablePointer<FieldSpan>.allocate(capacity: 64)
  private var count = 0
  private var capacity = 64
  private let scratch: UnsafeMutablePointer<UInt8>
  private let separator = UInt8(ascii: ";")

  init() { scratch = .allocate(capacity: RecordStream.longestRecord + (1 << 20) + 64) }

  func destroy() {
    scratch.deallocate()
    spans.deallocate()
  }

  /// The fields of the last record, until the next split.
  var fields: UnsafeBufferPointer<FieldSpan> { UnsafeBufferPointer(start: spans, count: count) }

  @inline(__always)
  private mutating func add(_ field: FieldSpan) {
    if count == capacity { grow() }
    spans[count] = field
    count &+= 1
  }

  @inline(never)
  private mutating func grow() {
    let wider = UnsafeMutablePointer<FieldSpan>.allocate(capacity: capacity * 2)
    wider.update(from: spans, count: count)
    spans.deallocate()
    spans = wider
    capacity *= 2
  }

  /// Splits the record at `start`.
  ///
  /// `isLast` says that the file ends at `end`, so that a record needs no line end.
  mutating func split(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, isLast: Bool) -> Outcome {
    count = 0
    var place = start
    while place < end, place.pointee == 0x0A || place.pointee == 0x0D { place += 1 }
    if place == end { return .nothing(next: end) }
    var target = scratch
    while true {
      if place < end, place.pointee == UInt8(ascii: "\"") {
        let from = target
        place += 1
        while true {
          if place == end { return isLast ? .openQuote : .incomplete }
          let byte = place.pointee
          place += 1
          if byte == UInt8(ascii: "\"") {
            if place < end, place.pointee == UInt8(ascii: "\"") {
              place += 1
            } else if place == end, !isLast {
              return .incomplete
            } else {
              break
            }
          }
          target.pointee = byte
          target += 1
        }
        add(FieldSpan(start: UnsafePointer(from), count: target - from))
        if place < end, place.pointee == 0x0D, place + 1 < end ? place[1] == 0x0A : isLast { place += 1 }
        if place == end { return isLast ? .record(next: end) : .incomplete }
        if place.pointee == 0x0A { return .record(next: place + 1) }
        if place.pointee != separator { return .misplacedQuote }
        place += 1
      } else {
        let from = place
        while place < end, place.pointee != separator, place.pointee != 0x0A { place += 1 }
        if place == end, !isLast { return .incomplete }
        var length = place - from
        let isEnd = place == end || place.pointee == 0x0A
        if isEnd, length > 0, from[length - 1] == 0x0D { length -= 1 }
        add(FieldSpan(start: from, count: length))
        if place == end { return .record(next: end) }
        place += 1
        if isEnd { return .record(next: place) }
      }
    }
  }
}

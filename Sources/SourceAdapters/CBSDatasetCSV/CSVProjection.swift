import CByteMasks
import Glibc

/// Leaves the fields that nobody asked for out of the records of a CSV file, before libcsv sees them.
///
/// libcsv's cost is per field, and a pipeline needs a few of them. Separators, line ends and quotes are found 64 bytes at a
/// time; of a record that has as many fields as the header, and whose quotes stand at both ends of a field and nowhere
/// else, the wanted fields go on to libcsv as they stand. Every other record goes through whole and is announced by
/// ``nextWhole``, so that libcsv remains the judge of everything unusual. Records map one to one.
final class CSVProjection {
  /// Bytes of a record; a longer one, and all after it, goes through whole.
  private static let longestRecord = 1 << 15
  /// Bytes past the end of a piece that may be read and written.
  private static let slack = 64

  private let separator: UInt8
  /// Stretches of wanted fields that stand beside each other: the field before the first, and the last.
  ///
  /// Raw memory: an array would be retained and released for every record.
  private let runs: UnsafeMutablePointer<(before: Int, last: Int)>
  private var runCount = 0
  /// Fields of a record; 0 until they are known.
  private var fieldCount = 0
  private var raw: UnsafeMutablePointer<UInt8>
  private var held = 0
  private let capacity: Int
  /// Where the fields of a piece end, and how many do up to each line's end.
  private let ends: UnsafeMutablePointer<UInt32>
  private let lines: UnsafeMutablePointer<PeilLine>
  private let output: UnsafeMutablePointer<UInt8>
  /// Data records so far.
  private var records = 0
  private var wholes: [Int] = []
  private var wholesTaken = 0
  /// The record from which on all go through whole.
  private(set) var wholeFrom = Int.max
  private var isOff = false

  /// The most stretches of wanted fields; with more, records go through whole.
  private static let mostRuns = 256

  /// A projection that takes up to `capacity` bytes at a time.
  init(separator: UInt8, capacity: Int) {
    self.separator = separator
    runs = .allocate(capacity: Self.mostRuns)
    self.capacity = capacity
    raw = .allocate(capacity: capacity + Self.longestRecord + Self.slack)
    raw.initialize(repeating: 0, count: capacity + Self.longestRecord + Self.slack)
    output = .allocate(capacity: capacity + Self.longestRecord + 2 * Self.slack)
    ends = .allocate(capacity: capacity + Self.longestRecord + 2 * Self.slack)
    lines = .allocate(capacity: capacity + Self.longestRecord)
  }

  deinit {
    raw.deallocate()
    output.deallocate()
    ends.deallocate()
    lines.deallocate()
    runs.deallocate()
  }

  /// Where the next bytes of the file go.
  var input: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: raw + held, count: capacity) }

  /// The number of the next data record, from 0, that goes through whole; beyond all when none is known.
  var nextWhole: Int { wholesTaken < wholes.count ? wholes[wholesTaken] : wholeFrom }

  /// Whether data record `record` goes through whole; to be asked in order.
  func takeWhole(_ record: Int) -> Bool {
    if record >= wholeFrom { return true }
    guard nextWhole == record else { return false }
    wholesTaken += 1
    return true
  }

  /// Says which of the `fieldCount` fields are wanted: at least two, so that no record becomes an empty line.
  func keep(_ wanted: [Int], of fieldCount: Int) {
    self.fieldCount = fieldCount
    for field in wanted {
      if runCount > 0, runs[runCount - 1].last == field - 1 {
        runs[runCount - 1].last = field
      } else if runCount == Self.mostRuns {
        return turnOff()
      } else {
        (runs + runCount).initialize(to: (before: field - 1, last: field))
        runCount += 1
      }
    }
  }

  /// Lets all bytes through.
  func turnOff() { isOff = true }

  /// What goes on to libcsv of the `count` bytes just laid at ``input``; an incomplete record is held back.
  ///
  /// Good until the next call.
  func take(_ count: Int, isLast: Bool) -> UnsafeRawBufferPointer {
    let total = held + count
    if isOff {
      held = 0
      return UnsafeRawBufferPointer(start: raw, count: total)
    }
    memset(raw + total, 0, Self.slack)
    let base = UnsafePointer(raw)
    var out = output
    var recordStart = base
    var before = PeilLine()
    for i in 0..<peil_find_marks(base, total, separator, ends, lines) {
      let line = lines[i]
      let next = base + Int(ends[Int(line.marks) &- 1]) + 1
      out = emit(recordStart, next, Int(before.marks), Int(line.marks), Int(line.quotes &- before.quotes), to: out)
      recordStart = next
      before = line
    }
    held = base + total - recordStart
    if isLast || held > Self.longestRecord {
      // The last record has no line end, or a quote is left open: libcsv will see.
      wholeFrom = records
      isOff = true
      memcpy(out, recordStart, held)
      out += held
      held = 0
    } else {
      memmove(raw, recordStart, held)
    }
    return UnsafeRawBufferPointer(start: output, count: out - output)
  }

  /// Hands on one record, its line end included; `ends[first]` to `ends[last - 1]` are where its fields end.
  @inline(__always)
  private func emit(
    _ start: UnsafePointer<UInt8>, _ next: UnsafePointer<UInt8>, _ first: Int, _ last: Int, _ quoteCount: Int,
    to output: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    guard last &- first == fieldCount, fieldCount > 1, quoteCount == 0 || areQuotesPlain(start, first, quoteCount)
    else {
      return emitWhole(start, next, last &- first, to: output)
    }
    let (base, ends) = (UnsafePointer(raw), ends + first)
    var out = output
    for i in 0..<runCount {
      let run = runs[i]
      let from = run.before < 0 ? start : base + Int(ends[run.before]) + 1
      let count = base + Int(ends[run.last]) + 1 - from  // with the separator or line end behind it
      if count <= 32 {
        // Two fixed copies: both buffers have room behind them.
        UnsafeMutableRawPointer(out).storeBytes(
          of: UnsafeRawPointer(from).loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
        UnsafeMutableRawPointer(out + 16).storeBytes(
          of: UnsafeRawPointer(from + 16).loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
      } else {
        memcpy(out, from, count)
      }
      out += count
    }
    out[-1] = next[-1]
    records += 1
    return out
  }

  @inline(never)
  private func emitWhole(
    _ start: UnsafePointer<UInt8>, _ next: UnsafePointer<UInt8>, _ endCount: Int, to output: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    memcpy(output, start, next - start)
    // A line of blanks is no record to libcsv.
    var place = start
    while place < next - 1, place.pointee == 0x20 || place.pointee == 0x09 { place += 1 }
    if endCount > 1 || place < next - 1 {
      wholes.append(records)
      records += 1
    }
    return output + (next - start)
  }

  /// Whether all quotes of the record whose first field ends at `ends[first]` stand at both ends of a field.
  private func areQuotesPlain(_ start: UnsafePointer<UInt8>, _ first: Int, _ quoteCount: Int) -> Bool {
    var from = start
    var quoted = 0
    for i in first..<(first + fieldCount) {
      let end = UnsafePointer(raw) + Int(ends[i])
      if end - from >= 2, from.pointee == 0x22, end[-1] == 0x22 { quoted &+= 2 }
      from = end + 1
    }
    return quoted == quoteCount
  }
}

/// How a family of files writes its cells: marks in numbers, and the texts that stand for a missing value.
public struct CellDialect: Sendable, Equatable {
  /// A text that stands for a missing value.
  public struct Marker: Sendable, Equatable {
    /// The text, without the blanks around it.
    public var text: String
    /// Why a cell with that text holds no value.
    public var reason: MissingReason

    /// A text and the reason for which it stands.
    public init(_ text: String, _ reason: MissingReason) {
      self.text = text
      self.reason = reason
    }
  }

  /// Reads the numbers.
  public var numbers: NumberParser
  /// The texts that stand for a missing value; they are compared after blanks around a cell are cut off.
  public var markers: [Marker]
  /// Why an empty cell, or one of blanks only, holds no value.
  public var emptyReason: MissingReason
  /// The same for single columns, by name, where it is another reason than ``emptyReason``.
  public var emptyReasons: [String: MissingReason] = [:]
  /// Whether blanks around text are cut off.
  public var trimsText: Bool

  /// A dialect; the default is CBS's: a decimal point, `.` for unknown, empty for not applicable, blanks cut off.
  public init(
    numbers: NumberParser = NumberParser(), markers: [Marker] = [Marker(".", .unknown)],
    emptyReason: MissingReason = .notApplicable, trimsText: Bool = true
  ) {
    self.numbers = numbers
    self.markers = markers.filter { !$0.text.isEmpty }
    self.emptyReason = emptyReason
    self.trimsText = trimsText
  }

  /// The reason for which the trimmed bytes stand, or nil when they are no marker.
  public func reason(_ bytes: UnsafeBufferPointer<UInt8>) -> MissingReason? {
    if bytes.isEmpty { return emptyReason }
    return markers.first { $0.text.utf8.elementsEqual(bytes) }?.reason
  }
}

/// The dialect as the decoding loops need it: raw memory, read by every column of a ``BatchDecoder``.
struct DialectTable {
  let numbers: NumberParser
  let emptyReason: UInt8
  let trimsText: Bool
  /// The longest marker.
  private(set) var longest = 0
  /// Whether a marker reads as a number, so that it must be looked for before a number is.
  private(set) var hasNumericMarker = false
  /// By first byte: the reason of the marker of that one byte, 255 when longer markers start so, 0 otherwise.
  private let byFirst: UnsafeMutablePointer<UInt8>
  private let dialect: CellDialect

  init(_ dialect: CellDialect) {
    numbers = dialect.numbers
    emptyReason = dialect.emptyReason.rawValue
    trimsText = dialect.trimsText
    self.dialect = dialect
    byFirst = .allocate(capacity: 256)
    byFirst.update(repeating: 0, count: 256)
    for marker in dialect.markers {
      guard let byte = marker.text.utf8.first else { continue }
      longest = max(longest, marker.text.utf8.count)
      if dialect.numbers.parse(marker.text) != nil { hasNumericMarker = true }
      let isAlone = marker.text.utf8.count == 1 && byFirst[Int(byte)] == 0
      byFirst[Int(byte)] = isAlone ? marker.reason.rawValue : .max
    }
  }

  /// Gives the memory back.
  func destroy() { byFirst.deallocate() }

  /// The raw reason for which the trimmed bytes stand, or 0 when they are no marker.
  @inline(__always)
  func reason(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt8 {
    if count == 0 { return emptyReason }
    if count > longest { return 0 }
    let known = byFirst[Int(bytes[0])]
    if known != .max { return count == 1 ? known : 0 }
    return search(bytes, count)
  }

  @inline(never)
  private func search(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt8 {
    dialect.reason(UnsafeBufferPointer(start: bytes, count: count))?.rawValue ?? 0
  }
}

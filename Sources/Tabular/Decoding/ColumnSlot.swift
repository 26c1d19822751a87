import Glibc

/// A cell of a batch decoder that could not be read.
public struct CellTrouble: Sendable, Equatable {
  /// What is wrong with the cell.
  public enum Kind: Sendable, Equatable {
    /// It should be a number.
    case notANumber
    /// It should be a whole number that fits 64 bits.
    case notAnInteger
    /// It should be UTF-8.
    case notUTF8
    /// It holds a NUL byte.
    case nulByte
  }

  /// What is wrong.
  public var kind: Kind
  /// The position of the column in the decoder's schema.
  public var column: Int
  /// The row, from 0 at the decoder's first batch.
  public var row: Int
  /// The cell's bytes.
  public var bytes: [UInt8]

  /// Trouble with a cell.
  public init(kind: Kind, column: Int, row: Int, bytes: [UInt8]) {
    self.kind = kind
    self.column = column
    self.row = row
    self.bytes = bytes
  }
}

/// The cells that could not be read, in the order in which they came; past `limit` none is noted.
struct TroubleLog {
  var list: [CellTrouble] = []
  var limit = 1
}

/// The buffers of one column while a batch fills up.
///
/// Lives in memory that its ``BatchDecoder`` owns.
///
/// Adapters hold pointers to slots and call ``append(_:_:to:)`` once per cell: no allocation, no text object, no retain.
public struct ColumnSlot {
  enum Kind: UInt8 { case float64, int64, string }

  private var values: UnsafeMutableRawPointer
  private var reasons: UnsafeMutablePointer<UInt8>
  /// The rows so far.
  public private(set) var count = 0
  private var capacity: Int
  private var missingCount = 0
  /// The longest cell that the short number path takes; 0 turns it off.
  private let shortLimit: UInt
  private let mark: UInt8
  private let powers: UnsafePointer<Double>
  private let kind: Kind
  private let column: Int
  private let table: UnsafePointer<DialectTable>
  private let interner: UnsafeMutablePointer<StringInterner>
  private let troubles: UnsafeMutablePointer<TroubleLog>
  private var firstRow = 0
  private var allocation: UnsafeMutableRawPointer
  /// Short texts that have no code yet, and their rows: looked up together, which costs a fraction of one by one.
  private let pending: UnsafeMutablePointer<ShortText>
  private let pendingRows: UnsafeMutablePointer<UInt32>
  private var pendingCount = 0
  private static let mostPending = 256
  /// Texts of so many bytes or fewer may be markers.
  private let markerLimit: Int

  init(
    kind: Kind, column: Int, capacity: Int, table: UnsafePointer<DialectTable>,
    interner: UnsafeMutablePointer<StringInterner>, troubles: UnsafeMutablePointer<TroubleLog>
  ) {
    self.kind = kind
    self.column = column
    self.capacity = capacity
    self.table = table
    self.interner = interner
    self.troubles = troubles
    powers = PowersOfTen.table
    mark = table.pointee.numbers.decimalMark
    shortLimit = table.pointee.hasNumericMarker ? 0 : UInt(NumberParser.shortest)
    markerLimit = table.pointee.longest
    (allocation, values, reasons) = Self.allocate(kind, capacity, column)
    pending = .allocate(capacity: kind == .string ? Self.mostPending : 1)
    pendingRows = .allocate(capacity: kind == .string ? Self.mostPending : 1)
  }

  func destroy() {
    allocation.deallocate()
    pending.deallocate()
    pendingRows.deallocate()
  }

  /// Memory for values and reasons.
  ///
  /// Columns start at different places of a page: buffers that all start alike compete for the same few lines of the
  /// processor's first cache.
  private static func allocate(_ kind: Kind, _ capacity: Int, _ column: Int)
    -> (UnsafeMutableRawPointer, UnsafeMutableRawPointer, UnsafeMutablePointer<UInt8>)
  {
    let width = kind == .string ? 4 : 8
    let stagger = 192 * (column % 21)
    let block = UnsafeMutableRawPointer.allocate(byteCount: capacity * (width + 1) + stagger + 64, alignment: 4096)
    let values = block + stagger
    let reasons = (values + capacity * width).assumingMemoryBound(to: UInt8.self)
    memset(reasons, 0, capacity)
    return (block, values, reasons)
  }

  // MARK: Cells

  /// Decodes the cell `bytes` as the next row of the column at `slot`.
  ///
  /// False when it cannot be read; the decoder's ``BatchDecoder/trouble`` then says why.
  ///
  /// A function of a pointer, not a method: as the last call of a callback it costs a jump.
  @discardableResult
  public static func append(
    _ bytes: UnsafePointer<UInt8>, _ length: Int, to slot: UnsafeMutablePointer<ColumnSlot>
  ) -> Bool {
    let row = slot.pointee.count
    if slot.pointee.kind == .float64, UInt(bitPattern: length &- 1) < slot.pointee.shortLimit,
      row != slot.pointee.capacity
    {
      let number = NumberParser.short(bytes, length, slot.pointee.mark, slot.pointee.powers)
      if number == number {
        slot.pointee.values.storeBytes(of: number, toByteOffset: row &* 8, as: Double.self)
        slot.pointee.count = row &+ 1
        return true
      }
    }
    if slot.pointee.kind == .int64, UInt(bitPattern: length &- 1) < slot.pointee.shortLimit,
      row != slot.pointee.capacity
    {
      var number = 0
      var place = 0
      while place < length {
        let digit = bytes[place] &- 0x30
        if digit > 9 { return appendOther(bytes, length, slot) }
        number = number &* 10 &+ Int(digit)
        place &+= 1
      }
      slot.pointee.values.storeBytes(of: Int64(number), toByteOffset: row &* 8, as: Int64.self)
      slot.pointee.count = row &+ 1
      return true
    }
    if slot.pointee.kind == .string, length < 16, length > slot.pointee.markerLimit, length > 0,
      row != slot.pointee.capacity, Self.isInked(bytes[0]), Self.isInked(bytes[length &- 1])
    {
      let text = ShortText(bytes, length)
      if text.isPlain {
        slot.pointee.wait(text)
        return true
      }
    }
    return appendOther(bytes, length, slot)
  }

  /// Whether the byte is a character of ASCII that is no blank.
  @inline(__always)
  private static func isInked(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x80 }

  /// Makes a text the next row that waits for its code.
  @inline(__always)
  private mutating func wait(_ text: ShortText) {
    pending[pendingCount] = text
    pendingRows[pendingCount] = UInt32(truncatingIfNeeded: count)
    pendingCount &+= 1
    count &+= 1
    if pendingCount == Self.mostPending { settle() }
  }

  /// All that is not a short number or text.
  @inline(never)
  private static func appendOther(
    _ bytes: UnsafePointer<UInt8>, _ length: Int, _ slot: UnsafeMutablePointer<ColumnSlot>
  ) -> Bool {
    if slot.pointee.count == slot.pointee.capacity { slot.pointee.grow() }
    switch slot.pointee.kind {
    case .float64: return slot.pointee.appendNumber(bytes, length)
    case .string: return slot.pointee.appendText(bytes, length)
    case .int64: return slot.pointee.appendInteger(bytes, length)
    }
  }

  /// Makes the column's next row a missing one.
  public mutating func appendMissing(_ reason: MissingReason) {
    if count == capacity { grow() }
    appendMissing(raw: reason.rawValue)
  }

  @inline(__always)
  private mutating func appendMissing(raw reason: UInt8) {
    if kind == .string {
      values.storeBytes(of: 0, toByteOffset: count &* 4, as: UInt32.self)
    } else {
      values.storeBytes(of: 0, toByteOffset: count &* 8, as: UInt64.self)
    }
    reasons[count] = reason
    missingCount &+= 1
    count &+= 1
  }

  /// Empty cells, markers and every number that the short path leaves.
  private mutating func appendNumber(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let (start, end) = Self.trim(bytes, length)
    let reason = table.pointee.reason(bytes + start, end - start)
    if reason != 0 {
      appendMissing(raw: reason)
      return true
    }
    let number = table.pointee.numbers.parse(bytes + start, end - start)
    if number.isNaN { return refuse(.notANumber, bytes, length) }
    values.storeBytes(of: number, toByteOffset: count &* 8, as: Double.self)
    count += 1
    return true
  }

  private mutating func appendInteger(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let (start, end) = Self.trim(bytes, length)
    let reason = table.pointee.reason(bytes + start, end - start)
    if reason != 0 {
      appendMissing(raw: reason)
      return true
    }
    guard let number = Self.integer(bytes, start, end) else { return refuse(.notAnInteger, bytes, length) }
    values.storeBytes(of: number, toByteOffset: count &* 8, as: Int64.self)
    count += 1
    return true
  }

  private static func integer(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    var place = start
    let isNegative = bytes[place] == UInt8(ascii: "-")
    if isNegative || bytes[place] == UInt8(ascii: "+") { place += 1 }
    guard place < end else { return nil }
    var number: Int64 = 0
    while place < end {
      let digit = bytes[place] &- 0x30
      guard digit <= 9 else { return nil }
      let (tenfold, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (next, isTooFar) =
        isNegative ? tenfold.subtractingReportingOverflow(Int64(digit)) : tenfold.addingReportingOverflow(Int64(digit))
      if isTooLarge || isTooFar { return nil }
      number = next
      place += 1
    }
    return number
  }

  private mutating func appendText(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let (start, end) = Self.trim(bytes, length)
    let reason = table.pointee.reason(bytes + start, end &- start)
    if reason != 0 {
      appendMissing(raw: reason)
      return true
    }
    let (from, count) = table.pointee.trimsText ? (bytes + start, end &- start) : (bytes, length)
    if count < 16 {
      let text = ShortText(from, count)
      if text.isPlain {
        wait(text)
        return true
      }
    }
    settle()
    let code = interner.pointee.code(of: from, count)
    if code == .max {
      return refuse(StringInterner.refusal(bytes, length) == .nulByte ? .nulByte : .notUTF8, bytes, length)
    }
    values.storeBytes(of: code, toByteOffset: self.count &* 4, as: UInt32.self)
    self.count &+= 1
    return true
  }

  /// Gives the pending texts their codes.
  @inline(never)
  private mutating func settle() {
    interner.pointee.codes(of: pending, pendingRows, pendingCount, into: values)
    pendingCount = 0
  }

  /// The stretch without the blanks at both ends.
  @inline(__always)
  private static func trim(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> (Int, Int) {
    var end = length
    let raw = UnsafeRawPointer(bytes)
    while end >= 8, raw.loadUnaligned(fromByteOffset: end &- 8, as: UInt64.self) == 0x2020_2020_2020_2020 { end &-= 8 }
    while end > 0, isBlank(bytes[end &- 1]) { end &-= 1 }
    var start = 0
    while start < end, isBlank(bytes[start]) { start &+= 1 }
    return (start, end)
  }

  @inline(never)
  private mutating func refuse(_ kind: CellTrouble.Kind, _ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    if troubles.pointee.list.count < troubles.pointee.limit {
      var kind = kind
      if memchr(bytes, 0, length) != nil { kind = .nulByte }
      troubles.pointee.list.append(
        CellTrouble(
          kind: kind, column: column, row: firstRow + count,
          bytes: [UInt8](UnsafeBufferPointer(start: bytes, count: length))))
    }
    appendMissing(raw: MissingReason.rejected.rawValue)
    return false
  }

  @inline(never)
  private mutating func grow() {
    let (block, newValues, newReasons) = Self.allocate(kind, capacity * 2, column)
    memcpy(newValues, values, count * (kind == .string ? 4 : 8))
    memcpy(newReasons, reasons, count)
    allocation.deallocate()
    (allocation, values, reasons) = (block, newValues, newReasons)
    capacity *= 2
  }

  // MARK: Batches

  /// The column of the first `rows` rows; a cell of the row after them stays as the slot's first.
  ///
  /// `dictionary` is that of the interner.
  mutating func take(rows: Int, _ dictionary: () -> StringDictionary) -> Column {
    if pendingCount > 0 { settle() }
    precondition(count == rows || count == rows + 1, "decoder: a column of \(count) rows in a batch of \(rows)")
    let carried: UInt8 = count > rows ? reasons[rows] : 0
    var mask: MissingMask?
    if missingCount > (carried == 0 ? 0 : 1) {
      mask = MissingMask(reasons: [UInt8](UnsafeBufferPointer(start: reasons, count: rows)))
    }
    let column: Column
    switch kind {
    case .float64: column = .float64(Float64Column(copy(Double.self, rows), missing: mask))
    case .int64: column = .int64(Int64Column(copy(Int64.self, rows), missing: mask))
    case .string:
      column = .string(StringColumn(codes: copy(UInt32.self, rows), dictionary: dictionary(), missing: mask))
    }
    if missingCount > 0 { memset(reasons, 0, count) }
    missingCount = carried == 0 ? 0 : 1
    firstRow += rows
    if count > rows {
      let width = kind == .string ? 4 : 8
      memmove(values, values + rows * width, width)
      reasons[0] = carried
      count = 1
      if case .string(let strings) = column, carried == 0 { recode(strings.dictionary) }
    } else {
      count = 0
    }
    return column
  }

  /// Gives the one cell that stays its code anew: taking the dictionary may have made the interner start again.
  private func recode(_ dictionary: StringDictionary) {
    let old = Int(values.load(as: UInt32.self))
    let code = dictionary.bytes.withUnsafeBufferPointer { all in
      let start = Int(dictionary.offsets[old])
      let length = Int(dictionary.offsets[old + 1]) - start
      // A text that is kept with its blanks may be empty; an empty buffer has no address.
      return all.baseAddress.map { interner.pointee.code(of: $0 + start, length) }
        ?? interner.pointee.code(
          of: UnsafePointer(reasons), 0)
    }
    values.storeBytes(of: code, as: UInt32.self)
  }

  private func copy<Element: BitwiseCopyable>(_ type: Element.Type, _ rows: Int) -> [Element] {
    [Element](UnsafeBufferPointer(start: values.assumingMemoryBound(to: Element.self), count: rows))
  }
}

/// Functions of texts.
///
/// The work is done once per distinct value that occurs, and codes are mapped.
public enum Text {
  /// The texts without blanks, tabs, line ends and no-break spaces at their ends.
  public static func trim(_ column: StringColumn) -> StringColumn {
    column.mapping { text, out in
      var low = 0
      var high = text.count
      while low < high, let width = blank(text, at: low, before: high) { low += width }
      while high > low {
        if isBlank(text[high - 1]) {
          high -= 1
        } else if high - low >= 2, text[high - 2] == 0xC2, text[high - 1] == 0xA0 {
          high -= 2
        } else {
          break
        }
      }
      out.append(contentsOf: text[low..<high])
    }
  }

  /// The texts in capitals.
  public static func upper(_ column: StringColumn) -> StringColumn {
    column.mapping { text, out in
      if text.allSatisfy({ $0 < 0x80 }) {
        for byte in text { out.append((0x61...0x7A).contains(byte) ? byte - 32 : byte) }
      } else {
        out.append(contentsOf: String(decoding: text, as: UTF8.self).uppercased().utf8)
      }
    }
  }

  /// The texts in small letters.
  public static func lower(_ column: StringColumn) -> StringColumn {
    column.mapping { text, out in
      if text.allSatisfy({ $0 < 0x80 }) {
        for byte in text { out.append((0x41...0x5A).contains(byte) ? byte + 32 : byte) }
      } else {
        out.append(contentsOf: String(decoding: text, as: UTF8.self).lowercased().utf8)
      }
    }
  }

  /// `length` characters from the `start`-th on (1 is the first), or all from there on; shorter texts give what they have.
  public static func substring(_ column: StringColumn, start: Int, length: Int?) -> StringColumn {
    column.mapping { text, out in
      let skipped = start - 1
      if text.allSatisfy({ $0 < 0x80 && $0 != 0x0D }) {
        let low = min(skipped, text.count)
        out.append(contentsOf: text[low..<(length.map { low + min($0, text.count - low) } ?? text.count)])
      } else {
        let rest = String(decoding: text, as: UTF8.self).dropFirst(skipped)
        out.append(contentsOf: (length.map { rest.prefix($0) } ?? rest).utf8)
      }
    }
  }

  /// The number of characters of each text.
  public static func length(_ column: StringColumn) -> Int64Column {
    column.parsing { text in
      text.allSatisfy { $0 < 0x80 && $0 != 0x0D }
        ? Int64(text.count) : Int64(String(decoding: text, as: UTF8.self).count)
    }
  }

  /// Where `part` must stand in a text.
  public enum Place: Sendable {
    /// At the start.
    case start
    /// At the end.
    case end
    /// Anywhere.
    case anywhere
  }

  /// Whether `part` stands in each text at `place`; an empty part stands everywhere.
  public static func holds(_ column: StringColumn, _ part: String, at place: Place) -> BoolColumn {
    var part = part
    return part.withUTF8 { part in column.testing { holds($0, part, place) } }
  }

  /// Whether the part of each row stands in the text of the row at `place`.
  public static func holds(_ column: StringColumn, _ parts: StringColumn, at place: Place) -> BoolColumn {
    let mask = MissingMask.either(column.missing, parts.missing)
    return column.withEntries { text in
      parts.withEntries { part in
        Comparison.result(column.codes.count, mask) { row in
          if let mask, !mask.isPresent(row) { return false }
          return holds(text(row), part(row), place)
        }
      }
    }
  }

  /// The texts of each row one after the other.
  ///
  /// A row is missing where a part is, for the first reason.
  public static func concat(_ parts: [StringColumn]) -> StringColumn {
    guard let first = parts.first else { return StringColumn(codes: [], dictionary: .empty) }
    var mask = first.missing
    for part in parts.dropFirst() { mask = .either(mask, part.missing) }
    var builder = StringDictionaryBuilder()
    var bytes: [UInt8] = []
    var codes = [UInt32](repeating: 0, count: first.codes.count)
    for row in codes.indices where mask?.isPresent(row) ?? true {
      bytes.removeAll(keepingCapacity: true)
      for part in parts { part.dictionary.append(part.codes[row], to: &bytes) }
      codes[row] = bytes.withUnsafeBufferPointer { builder.code(of: $0) }
    }
    return StringColumn(codes: codes, dictionary: builder.build(), missing: mask)
  }

  /// The texts with `prefix` before and `suffix` after them.
  public static func enclose(_ column: StringColumn, prefix: String, suffix: String) -> StringColumn {
    column.mapping { text, out in
      out.append(contentsOf: prefix.utf8)
      out.append(contentsOf: text)
      out.append(contentsOf: suffix.utf8)
    }
  }

  /// The numbers (decimal point, optional exponent, blanks around) that the texts state; `rejected` where there is none.
  public static func number(_ column: StringColumn) -> Float64Column {
    column.parsing { text in
      let trimmed = text.drop { isBlank($0) }
      let end = trimmed.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? trimmed.startIndex
      let digits = trimmed[..<end]
      // What Double reads beyond decimal numbers (hexadecimal, nan, infinity) has letters other than e.
      let allowed = digits.allSatisfy {
        (0x30...0x39).contains($0) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E || $0 == 0x45 || $0 == 0x65
      }
      guard allowed, let value = Double(String(decoding: digits, as: UTF8.self)), value.isFinite else { return nil }
      return value
    }
  }

  /// The whole numbers that the texts state (blanks around are allowed); `rejected` where there is none.
  public static func integer(_ column: StringColumn) -> Int64Column {
    column.parsing { text in
      let trimmed = text.drop { isBlank($0) }
      let end = trimmed.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? trimmed.startIndex
      return Int64(String(decoding: trimmed[..<end], as: UTF8.self))
    }
  }

  /// Each value as text: numbers in their shortest form with a decimal point, dates as `YYYY-MM-DD`, `true` or `false`.
  public static func text(_ column: Column) -> StringColumn {
    switch column {
    case .string(let c): c
    case .int64(let c): written(c) { String($0) }
    case .float64(let c): written(c) { $0 == $0.rounded() && $0.magnitude < 1e15 ? String(Int64($0)) : String($0) }
    case .bool(let c): written(c) { $0 != 0 ? "true" : "false" }
    case .date(let c): written(c) { CalendarDay.text(of: $0) }
    }
  }

  private static func written<E>(_ column: PrimitiveColumn<E>, _ text: (E) -> String) -> StringColumn {
    var builder = StringDictionaryBuilder()
    var known: [E: UInt32] = [:]
    var codes = [UInt32](repeating: 0, count: column.values.count)
    for row in codes.indices where column.missing?.isPresent(row) ?? true {
      let value = column.values[row]
      if let code = known[value] {
        codes[row] = code
      } else {
        codes[row] = builder.code(of: text(value))
        known[value] = codes[row]
      }
    }
    return StringColumn(codes: codes, dictionary: builder.build(), missing: column.missing)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func blank(_ text: UnsafeBufferPointer<UInt8>, at i: Int, before end: Int) -> Int? {
    if isBlank(text[i]) { return 1 }
    return i + 1 < end && text[i] == 0xC2 && text[i + 1] == 0xA0 ? 2 : nil
  }

  private static func holds(
    _ text: UnsafeBufferPointer<UInt8>, _ part: UnsafeBufferPointer<UInt8>, _ place: Place
  ) -> Bool {
    guard text.count >= part.count else { return false }
    func stands(at start: Int) -> Bool {
      var i = 0
      while i < part.count, text[start + i] == part[i] { i += 1 }
      return i == part.count
    }
    switch place {
    case .start: return stands(at: 0)
    case .end: return stands(at: text.count - part.count)
    case .anywhere: return (0...(text.count - part.count)).contains { stands(at: $0) }
    }
  }
}

extension StringDictionary {
  /// Appends the UTF-8 of `code` to `out`.
  func append(_ code: UInt32, to out: inout [UInt8]) {
    out.append(contentsOf: bytes[Int(offsets[Int(code)])..<Int(offsets[Int(code) + 1])])
  }

  /// Calls `body` with a look-up of texts by code, valid during the call.
  @inline(__always)
  func withTexts<R>(_ body: (TextLookup) -> R) -> R {
    bytes.withUnsafeBufferPointer { bytes in
      offsets.withUnsafeBufferPointer { offsets in body(TextLookup(bytes: bytes, offsets: offsets)) }
    }
  }
}

/// The texts of a dictionary by code, without copies.
struct TextLookup {
  let bytes: UnsafeBufferPointer<UInt8>
  let offsets: UnsafeBufferPointer<UInt32>

  @inline(__always)
  func callAsFunction(_ code: UInt32) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[Int(offsets[Int(code)])..<Int(offsets[Int(code) + 1])])
  }
}

/// The texts of a column's present rows, without copies.
struct EntryLookup {
  let text: TextLookup
  let codes: UnsafeBufferPointer<UInt32>

  @inline(__always)
  func callAsFunction(_ row: Int) -> UnsafeBufferPointer<UInt8> { text(codes[row]) }
}

extension StringColumn {
  /// Calls `body` with a look-up of the text of a present row, valid during the call.
  @inline(__always)
  func withEntries<R>(_ body: (EntryLookup) -> R) -> R {
    dictionary.withTexts { text in
      codes.withUnsafeBufferPointer { codes in body(EntryLookup(text: text, codes: codes)) }
    }
  }

  /// For every row that has a value `use(row, result)`, where `work` gives the result once per distinct text that occurs.
  private func eachRow<R: BitwiseCopyable>(
    _ unused: R, _ work: (UnsafeBufferPointer<UInt8>) -> R, _ use: (Int, R) -> Void
  ) {
    var done = [Bool](repeating: false, count: dictionary.count)
    var results = [R](repeating: unused, count: dictionary.count)
    dictionary.withTexts { text in
      for row in codes.indices where missing?.isPresent(row) ?? true {
        let code = Int(codes[row])
        if !done[code] {
          results[code] = work(text(codes[row]))
          done[code] = true
        }
        use(row, results[code])
      }
    }
  }

  /// The column in which `change` has written the text of each row anew.
  func mapping(_ change: (UnsafeBufferPointer<UInt8>, inout [UInt8]) -> Void) -> StringColumn {
    var builder = StringDictionaryBuilder()
    var bytes: [UInt8] = []
    var mapped = [UInt32](repeating: 0, count: codes.count)
    eachRow(0 as UInt32) { text in
      bytes.removeAll(keepingCapacity: true)
      change(text, &bytes)
      return bytes.withUnsafeBufferPointer { builder.code(of: $0) }
    } _: { row, code in
      mapped[row] = code
    }
    return StringColumn(codes: mapped, dictionary: builder.build(), missing: missing)
  }

  /// Whether `test` holds for the text of each row.
  func testing(_ test: (UnsafeBufferPointer<UInt8>) -> Bool) -> BoolColumn {
    var values = [UInt8](repeating: 0, count: codes.count)
    eachRow(0 as UInt8) {
      test($0) ? 1 : 0
    } _: { row, result in
      values[row] = result
    }
    return BoolColumn(values, missing: missing)
  }

  /// What `read` makes of the text of each row; nil becomes missing with the reason `rejected`.
  func parsing<E: FixedNumber>(_ read: (UnsafeBufferPointer<UInt8>) -> E?) -> PrimitiveColumn<E> {
    var values = [E](repeating: 0, count: codes.count)
    var rejected: [Int32] = []
    eachRow((false, 0 as E)) { text in
      read(text).map { (true, $0) } ?? (false, 0)
    } _: { row, result in
      if result.0 { values[row] = result.1 } else { rejected.append(Int32(truncatingIfNeeded: row)) }
    }
    return PrimitiveColumn(
      values, missing: .adding(rejected, to: missing, count: codes.count, reason: .rejected))
  }

  /// The rows of `a` where `first` says so and those of `b` elsewhere, `mask` telling what is missing.
  static func merging(
    _ a: StringColumn, _ b: StringColumn, _ mask: MissingMask?, _ first: (Int) -> Bool
  ) -> StringColumn {
    var codes = [UInt32](repeating: 0, count: a.codes.count)
    if a.dictionary === b.dictionary {
      for row in codes.indices where mask?.isPresent(row) ?? true {
        codes[row] = first(row) ? a.codes[row] : b.codes[row]
      }
      return StringColumn(codes: codes, dictionary: a.dictionary, missing: mask)
    }
    var builder = StringDictionaryBuilder()
    var codesOfA = [UInt32](repeating: .max, count: a.dictionary.count)
    var codesOfB = [UInt32](repeating: .max, count: b.dictionary.count)
    a.dictionary.withTexts { textOfA in
      b.dictionary.withTexts { textOfB in
        for row in codes.indices where mask?.isPresent(row) ?? true {
          if first(row) {
            let code = Int(a.codes[row])
            if codesOfA[code] == .max { codesOfA[code] = builder.code(of: textOfA(a.codes[row])) }
            codes[row] = codesOfA[code]
          } else {
            let code = Int(b.codes[row])
            if codesOfB[code] == .max { codesOfB[code] = builder.code(of: textOfB(b.codes[row])) }
            codes[row] = codesOfB[code]
          }
        }
      }
    }
    return StringColumn(codes: codes, dictionary: builder.build(), missing: mask)
  }
}

/// Numbers that a text can state.
protocol FixedNumber: BitwiseCopyable, Hashable, Sendable, ExpressibleByIntegerLiteral {}
extension Double: FixedNumber {}
extension Int64: FixedNumber {}

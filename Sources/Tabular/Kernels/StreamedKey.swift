/// The distinct values of a key column whose rows stream by: each has a code, given in order of first appearance.
///
/// A missing key is a value of its own for each reason. Codes of text are found through the dictionaries of the batches:
/// a text is looked up once for each dictionary, not for each row.
struct StreamedKey {
  /// A code that is not given yet.
  static let none = UInt32.max
  /// Whole numbers that lie together have a place in a table.
  private static let windowSize = 1 << 16

  let type: ColumnType
  /// The value of each code: where it stands among numbers or texts, or below 0 the reason, negated.
  private(set) var meanings: [Int32] = []
  private var numbers: [Int64] = []
  private var texts = StringDictionaryBuilder()
  private var textCodes: [UInt32] = []
  private var reasonCodes = [UInt32](repeating: none, count: 256)
  // Text
  private var dictionary: StringDictionary?
  private var translation: [UInt32] = []
  // Numbers
  private var low: Int64 = 0
  private var window: [UInt32] = []
  private var beyond: [Int64: UInt32] = [:]

  init(_ type: ColumnType) { self.type = type }

  /// The number of codes.
  var count: Int { meanings.count }

  // MARK: Codes

  /// Writes the code of each row of `column` to `out`.
  mutating func encode(_ column: Column, into out: UnsafeMutablePointer<UInt32>) {
    switch column {
    case .string(let c): encode(c, out)
    case .int64(let c): encode(c.values, c.missing, out) { $0 }
    case .date(let c): encode(c.values, c.missing, out) { Int64($0) }
    case .bool(let c): encode(c.values, c.missing, out) { Int64($0) }
    case .float64(let c): encode(c.values, c.missing, out) { Self.bits($0) }
    }
  }

  /// The bits of a number, with one zero.
  private static func bits(_ value: Double) -> Int64 { Int64(bitPattern: (value == 0 ? 0 : value).bitPattern) }

  private mutating func encode(_ column: StringColumn, _ out: UnsafeMutablePointer<UInt32>) {
    let fresh = column.dictionary
    if let dictionary, fresh.extends(dictionary) {} else { translation.removeAll(keepingCapacity: true) }
    if translation.count < fresh.count {
      translation += [UInt32](repeating: Self.none, count: fresh.count - translation.count)
    }
    dictionary = fresh
    var row = 0
    let count = column.codes.count
    while row < count {
      // Up to the first text that is new.
      row = column.codes.withUnsafeBufferPointer { codes in
        translation.withUnsafeBufferPointer { translation in
          if let missing = column.missing {
            return missing.reasons.withUnsafeBufferPointer { reasons in
              while row < count {
                let code =
                  reasons[row] == 0 ? translation[Int(codes[row])] : reasonCodes[Int(reasons[row])]
                if code == Self.none { break }
                out[row] = code
                row &+= 1
              }
              return row
            }
          }
          while row < count {
            let code = translation[Int(codes[row])]
            if code == Self.none { break }
            out[row] = code
            row &+= 1
          }
          return row
        }
      }
      if row == count { break }
      if let reason = column.missing?.reasons[row], reason != 0 {
        _ = code(ofReason: reason)
      } else {
        let code = column.codes[row]
        translation[Int(code)] = fresh.withTexts { text in self.code(of: text(code)) }
      }
    }
  }

  @inline(__always)
  private mutating func encode<E: BitwiseCopyable>(
    _ values: [E], _ missing: MissingMask?, _ out: UnsafeMutablePointer<UInt32>, _ number: (E) -> Int64
  ) {
    var row = 0
    while row < values.count {
      row = values.withUnsafeBufferPointer { values in
        window.withUnsafeBufferPointer { window in
          let low = low
          if let missing {
            return missing.reasons.withUnsafeBufferPointer { reasons in
              while row < values.count {
                var code = Self.none
                if reasons[row] != 0 {
                  code = reasonCodes[Int(reasons[row])]
                } else {
                  let place = UInt64(bitPattern: number(values[row]) &- low)
                  if place < UInt64(window.count) { code = window[Int(place)] }
                }
                if code == Self.none { break }
                out[row] = code
                row &+= 1
              }
              return row
            }
          }
          while row < values.count {
            let place = UInt64(bitPattern: number(values[row]) &- low)
            if place >= UInt64(window.count) { break }
            let code = window[Int(place)]
            if code == Self.none { break }
            out[row] = code
            row &+= 1
          }
          return row
        }
      }
      if row == values.count { break }
      if let reason = missing?.reasons[row], reason != 0 {
        _ = code(ofReason: reason)
      } else {
        out[row] = code(of: number(values[row]))
        row += 1
      }
    }
  }

  private mutating func give(_ meaning: Int32) -> UInt32 {
    meanings.append(meaning)
    return UInt32(meanings.count - 1)
  }

  private mutating func code(ofReason reason: UInt8) -> UInt32 {
    if reasonCodes[Int(reason)] == Self.none { reasonCodes[Int(reason)] = give(-Int32(reason)) }
    return reasonCodes[Int(reason)]
  }

  private mutating func code(of text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let place = texts.code(of: text)
    if Int(place) == textCodes.count { textCodes.append(give(Int32(place))) }
    return textCodes[Int(place)]
  }

  private mutating func code(of number: Int64) -> UInt32 {
    if window.isEmpty {
      low = number &- Int64(Self.windowSize / 2)
      window = [UInt32](repeating: Self.none, count: Self.windowSize)
    }
    let place = UInt64(bitPattern: number &- low)
    let known = place < UInt64(window.count) ? window[Int(place)] : beyond[number] ?? Self.none
    if known != Self.none { return known }
    let code = give(Int32(numbers.count))
    numbers.append(number)
    if place < UInt64(window.count) { window[Int(place)] = code } else { beyond[number] = code }
    return code
  }

  // MARK: Merging and the end

  /// For each code of `other` the code here, given now where it is new.
  mutating func translation(from other: StreamedKey) -> [UInt32] {
    let theirs = other.texts.build()
    return other.meanings.map { meaning in
      if meaning < 0 { return code(ofReason: UInt8(-meaning)) }
      if type == .string { return theirs.withTexts { text in code(of: text(UInt32(meaning))) } }
      return code(of: other.numbers[Int(meaning)])
    }
  }

  /// All codes in the order of their values: numbers and days ascend, text goes by its UTF-8 bytes, then the reasons.
  func sortedCodes() -> [UInt32] {
    let present = meanings.indices.filter { meanings[$0] >= 0 }.map { UInt32($0) }
    let reasons = meanings.indices.filter { meanings[$0] < 0 }.sorted { meanings[$0] > meanings[$1] }
    var sorted = present
    for (place, rank) in KeyRanks(of: values(of: present)).ranks.enumerated() { sorted[Int(rank)] = present[place] }
    return sorted + reasons.map { UInt32($0) }
  }

  /// A column of values that is given by their ranks: places in `order`, which ``sortedCodes()`` gave.
  func column(of ranks: some Ranks, in order: [UInt32]) -> Column {
    let present = order.prefix { meanings[Int($0)] >= 0 }.count
    var missing: MissingMask?
    if present < order.count {
      missing = MissingMask(reasons: ranks.pick(order.map { UInt8(truncatingIfNeeded: max(0, -meanings[Int($0)])) }))
    }
    func stored<E: BitwiseCopyable>(_ values: [E], _ zero: E) -> [E] {
      ranks.pick(values + [E](repeating: zero, count: order.count - present))
    }
    switch values(of: Array(order.prefix(present))) {
    case .float64(let c): return .float64(Float64Column(stored(c.values, 0), missing: missing))
    case .int64(let c): return .int64(Int64Column(stored(c.values, 0), missing: missing))
    case .date(let c): return .date(DateColumn(stored(c.values, 0), missing: missing))
    case .bool(let c): return .bool(BoolColumn(stored(c.values, 0), missing: missing))
    case .string(let c):
      return .string(StringColumn(codes: stored(c.codes, 0), dictionary: c.dictionary, missing: missing))
    }
  }

  /// The values of `codes`, none of which stands for a reason; a text's dictionary is in their order.
  private func values(of codes: [UInt32]) -> Column {
    if type == .string {
      let all = texts.build()
      var builder = StringDictionaryBuilder()
      let places = all.withTexts { text in codes.map { builder.code(of: text(UInt32(meanings[Int($0)]))) } }
      return .string(StringColumn(codes: places, dictionary: builder.build()))
    }
    let values = codes.map { numbers[Int(meanings[Int($0)])] }
    switch type {
    case .int64: return .int64(Int64Column(values))
    case .date: return .date(DateColumn(values.map { Int32(truncatingIfNeeded: $0) }))
    case .bool: return .bool(BoolColumn(values.map { UInt8(truncatingIfNeeded: $0) }))
    case .float64, .string:
      return .float64(Float64Column(values.map { Double(bitPattern: UInt64(bitPattern: $0)) }))
    }
  }
}

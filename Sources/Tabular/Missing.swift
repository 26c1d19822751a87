/// Why a cell holds no value.
///
/// A reason travels with its cell through every step and leaves the house as the companion column `<name>_status`.
/// CBS writes two of them into its files; the others are ours and are never confused with those two.
public enum MissingReason: UInt8, Sendable, CaseIterable, Equatable, Comparable {
  /// The cell cannot occur for logical reasons (CBS: an empty cell).
  case notApplicable = 1
  /// The value is unknown, not reliable enough or secret (CBS: `.`).
  case unknown = 2
  /// The source gives a null without saying why; a CBS typed data set folds `.` and empty into this one.
  case unspecified = 3
  /// The cell could not be read and was put aside; the quarantine names file, line, column and text.
  case rejected = 4
  /// The value is withheld to protect persons or firms.
  case suppressed = 5
  /// The question was not asked, or the topic not published, in this period.
  case notAsked = 6
  /// The area lies outside the frame of a score, for example because too few people live there.
  case outsideFrame = 7
  /// A join found no matching row.
  case notMatched = 8
  /// The computation has no result here: division by zero, logarithm of a negative number, a mean of nothing.
  case undefined = 9
  /// Too few of the parts that a score needs are present.
  case insufficient = 10

  /// The word that stands for the reason in `_status` columns, reports and option files.
  public var label: String {
    switch self {
    case .notApplicable: "not_applicable"
    case .unknown: "unknown"
    case .unspecified: "unspecified"
    case .rejected: "rejected"
    case .suppressed: "suppressed"
    case .notAsked: "not_asked"
    case .outsideFrame: "outside_frame"
    case .notMatched: "not_matched"
    case .undefined: "undefined"
    case .insufficient: "insufficient"
    }
  }

  /// The reason that `label` stands for, or nil.
  public init?(label: String) {
    guard let reason = Self.allCases.first(where: { $0.label == label }) else { return nil }
    self = reason
  }

  /// Reasons order by their number, which has no meaning beyond being fixed.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Which rows of a column hold a value, and why the others do not.
///
/// Validity stands in words of 64 rows (bit `i % 64` of word `i / 64` is 1 when row `i` holds a value), so that kernels
/// take a whole word of present rows without a test per row. Bits past the last row are 0. Reasons are one byte a row,
/// 0 where a value is present.
public struct MissingMask: Sendable, Equatable {
  /// Rows covered.
  public private(set) var count: Int
  /// Validity, 64 rows a word.
  public private(set) var words: [UInt64]
  /// Raw values of ``MissingReason``; 0 where a value is present.
  public private(set) var reasons: [UInt8]

  /// A mask from one reason byte a row (0 = present).
  public init(reasons: [UInt8]) {
    count = reasons.count
    self.reasons = reasons
    words = Self.words(of: reasons)
  }

  /// A mask whose validity words the caller has at hand.
  init(reasons: [UInt8], words: [UInt64]) {
    count = reasons.count
    self.reasons = reasons
    self.words = words
  }

  /// A mask in which every one of `count` rows is missing for the same reason.
  public init(allMissing reason: MissingReason, count: Int) {
    self.count = count
    words = [UInt64](repeating: 0, count: (count + 63) / 64)
    reasons = [UInt8](repeating: reason.rawValue, count: count)
  }

  /// The number of rows without a value.
  public var missingCount: Int {
    var present = 0
    for word in words { present += word.nonzeroBitCount }
    return count - present
  }

  /// The reason at `row`, or nil when a value is present.
  public subscript(row: Int) -> MissingReason? { MissingReason(rawValue: reasons[row]) }

  /// Whether `row` holds a value.
  public func isPresent(_ row: Int) -> Bool { reasons[row] == 0 }

  /// Validity words of a list of reason bytes.
  static func words(of reasons: [UInt8]) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: (reasons.count + 63) / 64)
    reasons.withUnsafeBytes { bytes in
      let whole = bytes.count / 8
      for block in 0..<whole {
        let eight = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: block * 8, as: UInt64.self))
        // The high bit of each byte that is not 0, then one bit a byte, gathered by a multiplication.
        let filled = (((eight & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | eight) & 0x8080_8080_8080_8080
        let present = (~filled & 0x8080_8080_8080_8080) >> 7
        words[block / 8] |= ((present &* 0x0102_0408_1020_4080) >> 56) << UInt64(block % 8 * 8)
      }
      for i in (whole * 8)..<bytes.count where bytes[i] == 0 { words[i / 64] |= 1 << UInt64(i & 63) }
    }
    return words
  }

  /// Traps in debug builds when the words and the reasons disagree.
  func checkInvariants() {
    assert(reasons.count == count && words.count == (count + 63) / 64, "mask: sizes disagree")
    assert(words == Self.words(of: reasons), "mask: validity words and reasons disagree")
  }
}

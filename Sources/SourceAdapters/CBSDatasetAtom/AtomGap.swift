import Glibc
import PipelineKit

/// The gaps between the properties of entries, as they come.
struct AtomGaps {
  /// What becomes of a gap.
  enum Passage {
    /// It ends before `end`, and `rest` can stand for it.
    case reduced(rest: [UInt8], end: Int)
    /// It ends before `end` and goes through as it is.
    case whole(end: Int)
    /// More bytes are needed to find its end.
    case incomplete
    /// It holds something after which all goes through as it is.
    case other
  }

  /// What a gap ends with.
  static let marker: StaticString = "<m:properties>"
  /// How many gaps are learned from.
  private static let most = 4

  private var known: AtomGap?
  /// The gap that the next one is compared with.
  private var earlier: [UInt8] = []
  private var learned = 0

  /// The gap that starts at `start`, of `count` bytes at hand.
  mutating func pass(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Passage {
    if let known {
      switch known.match(bytes, start, count) {
      case .end(let end): return .reduced(rest: known.rest, end: end)
      case .incomplete: return .incomplete
      case .other: break
      }
    }
    guard let marker = bytes.place(of: Self.marker, from: start, to: count) else { return .incomplete }
    let end = marker + Self.marker.utf8CodeUnitCount
    for word in ["<!", "<?", "xmlns"] as [StaticString] where bytes.place(of: word, from: start, to: end) != nil {
      return .other
    }
    if learned < Self.most {
      let this = Array(UnsafeBufferPointer(start: bytes + start, count: end - start))
      known = AtomGap(earlier, this)
      earlier = this
      learned += 1
    }
    return .whole(end: end)
  }
}

/// What stands between the properties of one entry and those of the next, where it is the same but for some digits.
///
/// Every entry of a CBS feed has a dozen elements of its own (address, category, author) that say nothing about the data,
/// with attributes that cost the parser more than the properties do. Where the bytes from `</m:properties>` to
/// `<m:properties>` are those of two earlier entries, save for digits in a text or between quotes, ``rest`` can stand in
/// their place: the tags that open and close what the gap does not hold whole, and all line ends.
struct AtomGap {
  /// How bytes compare with the gap.
  enum Match {
    /// They are one, up to here.
    case end(Int)
    /// More bytes are needed to tell.
    case incomplete
    /// They are not.
    case other
  }

  /// What goes on to the parser.
  let rest: [UInt8]
  /// The bytes between the runs of digits that differ, one piece after the other, and where each ends.
  private let literals: [UInt8]
  private let ends: [Int]

  /// The gap of which `first` and `second` are cases; nil when they differ in more than digits, or hold anything unusual.
  init?(_ first: [UInt8], _ second: [UInt8]) {
    guard let (literals, ends, digits) = Self.common(first, second), let rest = Self.rest(of: first, digits) else {
      return nil
    }
    self.literals = literals
    self.ends = ends
    self.rest = rest
  }

  /// Compares the bytes from `start` on, of which there are `count`.
  func match(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Match {
    literals.withUnsafeBufferPointer { literals in
      guard let base = literals.baseAddress else { return .other }
      var position = start
      var from = 0
      for end in ends {
        let length = min(end - from, count - position)
        guard memcmp(bytes + position, base + from, length) == 0 else { return .other }
        guard length == end - from else { return .incomplete }
        position += length
        from = end
        if end == literals.count { break }
        let digits = position
        while position < count, Self.isDigit(bytes[position]) { position += 1 }
        if position == count { return .incomplete }
        if position == digits { return .other }
      }
      return .end(position)
    }
  }

  // MARK: Learning

  /// What two gaps have in common, and where the first one's other digits stand.
  private static func common(
    _ first: [UInt8], _ second: [UInt8]
  ) -> (literals: [UInt8], ends: [Int], digits: [Range<Int>])? {
    var literals: [UInt8] = []
    var ends: [Int] = []
    var digits: [Range<Int>] = []
    var (i, j) = (0, 0)
    while i < first.count, j < second.count {
      let (a, b) = (run(first, i), run(second, j))
      if a.isEmpty || b.isEmpty {
        guard first[i] == second[j] else { return nil }
        literals.append(first[i])
        (i, j) = (i + 1, j + 1)
        continue
      }
      if first[a] == second[b] {
        literals += first[a]
      } else {
        ends.append(literals.count)
        digits.append(a)
      }
      (i, j) = (a.upperBound, b.upperBound)
    }
    guard i == first.count, j == second.count, !literals.isEmpty, ends.last != literals.count else { return nil }
    return (literals, ends + [literals.count], digits)
  }

  /// The digits from `start` on.
  private static func run(_ bytes: [UInt8], _ start: Int) -> Range<Int> {
    var end = start
    while end < bytes.count, isDigit(bytes[end]) { end += 1 }
    return start..<end
  }

  private static let properties = Array("properties".utf8)[...]

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }

  /// A tag of the gap.
  private struct Tag {
    var range: Range<Int>
    var name: ArraySlice<UInt8>
    var isEnd: Bool
    var isEmpty: Bool
  }

  /// The line ends of `gap`, and the tags of elements that it does not hold whole or that stand beside the entries.
  ///
  /// Nil when `digits` touch them, and when there is text outside elements, a reference, a comment or the like, or another
  /// element of properties.
  private static func rest(of gap: [UInt8], _ digits: [Range<Int>]) -> [UInt8]? {
    guard let tags = tags(of: gap, digits) else { return nil }
    var open: [Tag] = []
    var whole: [Range<Int>] = []
    for tag in tags {
      let isOuter = tag.range.lowerBound == 0 || tag.range.upperBound == gap.count
      if !isOuter, tag.name.split(separator: UInt8(ascii: ":")).last == properties { return nil }
      var element = tag.range
      if tag.isEnd {
        guard let start = open.popLast() else { continue }
        guard start.name == tag.name else { return nil }
        element = start.range.lowerBound..<tag.range.upperBound
      } else if !tag.isEmpty {
        open.append(tag)
        continue
      }
      whole.removeAll { element.contains($0.lowerBound) }
      if !open.isEmpty { whole.append(element) }
    }
    guard !open.isEmpty, digits.allSatisfy({ run in whole.contains { $0.contains(run.lowerBound) } }) else {
      return nil
    }
    var isKept = [Bool](repeating: false, count: gap.count)
    for tag in tags { for i in tag.range { isKept[i] = true } }
    let isText = isKept.map { !$0 }
    for element in whole { for i in element { isKept[i] = false } }
    for i in gap.indices where isText[i] && gap[i] > 0x20 && !whole.contains(where: { $0.contains(i) }) { return nil }
    return gap.indices.filter { isKept[$0] || gap[$0] == 0x0A }.map { gap[$0] }
  }

  /// The tags of the gap; nil when one is not plain, or when `digits` stand in one outside quotes.
  private static func tags(of gap: [UInt8], _ digits: [Range<Int>]) -> [Tag]? {
    guard !gap.contains(UInt8(ascii: "&")) else { return nil }
    var tags: [Tag] = []
    var start = 0
    while let open = gap[start...].firstIndex(of: UInt8(ascii: "<")) {
      guard open + 1 < gap.count, gap[open + 1] != UInt8(ascii: "!"), gap[open + 1] != UInt8(ascii: "?") else {
        return nil
      }
      var quote: UInt8 = 0
      var close = open + 1
      while close < gap.count, quote != 0 || gap[close] != UInt8(ascii: ">") {
        let byte = gap[close]
        if byte == UInt8(ascii: "<") || (quote == 0 && digits.contains { $0.contains(close) }) { return nil }
        if quote != 0 {
          if byte == quote { quote = 0 }
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          quote = byte
        }
        close += 1
      }
      guard close < gap.count else { return nil }
      let isEnd = gap[open + 1] == UInt8(ascii: "/")
      let name = gap[(open + (isEnd ? 2 : 1))..<close].prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") }
      tags.append(
        Tag(range: open..<(close + 1), name: name, isEnd: isEnd, isEmpty: !isEnd && gap[close - 1] == UInt8(ascii: "/"))
      )
      start = close + 1
    }
    return tags
  }
}

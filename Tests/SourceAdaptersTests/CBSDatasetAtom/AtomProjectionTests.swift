import PipelineKit
@testable import SourceAdapters
import Tabular
import Testing

/// Reading a few properties takes another way through the bytes than reading all of them; the outcome must be the same.
@Suite struct AtomProjectionTests {
  /// Short names and long ones, which the projection shortens.
  private static let names = (0..<10).map { $0 < 4 ? "Onderwerp_\($0)" : "GemiddeldOnderwerp_\($0)" }
  /// A comment before the first element: everything goes through untouched.
  private static let untouched = "<!-- x -->"

  private func property(_ name: String, _ random: inout Seeded, odd: Bool) -> String {
    switch random.below(odd ? 14 : 8) {
    case 0: return "<d:\(name) m:type=\"Edm.String\" m:null=\"true\" />"
    case 1: return "<d:\(name) xml:space=\"preserve\">tekst   </d:\(name)>"
    case 2: return "<d:\(name)></d:\(name)>"
    case 8: return "<d:\(name)>S\u{FA}dwest-Frysl\u{E2}n</d:\(name)>"
    case 9: return "<d:\(name)>a &amp; b &#60;</d:\(name)>"
    case 10: return "<d:\(name)>een\n  twee</d:\(name)>"
    case 11: return "<d:\(name) >\(random.below(99))</d:\(name) >"
    case 12: return random.below(40) == 0 ? "<!-- <d:X>1</d:X> --><d:\(name)>1</d:\(name)>" : "<d:\(name)>2</d:\(name)>"
    case 13:
      return random.below(40) == 0 ? "<d:\(name)><![CDATA[<d:\(name)>]]></d:\(name)>" : "<d:\(name)>3</d:\(name)>"
    default: return "<d:\(name)>\(random.below(1_000_000))</d:\(name)>"
    }
  }

  /// What stands before an entry's properties: mostly the same but for digits.
  private func entry(_ i: Int, _ random: inout Seeded, odd: Bool, isLong: Bool) -> String {
    let address = "https://opendata.cbs.nl/ODataFeed/OData/84024NED/TypedDataSet(\(i))"
    var header = "\n    <id>x(\(i))</id>"
    if isLong {
      header = """

            <id>\(address)</id>
            <category term="Cbs.OData.TData" scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme" />
            <link rel="self" href="\(address)" />
            <title />
            <updated>2025-03-31T02:00:00+02:00</updated>
            <author>
              <name />
            </author>
        """
    }
    var (before, start) = ("", "<entry>")
    if odd {
      switch random.below(9) {
      case 0: header += "\n    <!-- <m:properties> -->"
      case 1: start = "<entry xmlns:d=\"http://example.org/elsewhere\">"
      case 2: header += "\n    <summary>a &amp; b</summary>"
      case 3: header += "<title><![CDATA[<m:properties>]]></title>"
      case 4: before = "<link rel=\"next\" href=\"\(address)\" />"
      case 5: header += "<h\(i)>1</h\(i)>"
      case 6: header += "<q xmlns:q=\"http://example.org/\(i)\"/><?x y?>"
      case 7: header += "<p:properties xmlns:p=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\"/>"
      default: header = ""
      }
    }
    return "  \(before)\(start)\(header)\n    <content type=\"application/xml\">\n      <m:properties>\n"
  }

  private func feed(seed: UInt64, entries: Int, prolog: String = "") -> String {
    var random = Seeded(seed)
    let odd = seed % 3 != 0
    var text = """
      <?xml version="1.0" encoding="utf-8"?>\(prolog)
      <feed xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" \
      xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">

      """
    for i in 0..<entries {
      text += entry(i, &random, odd: odd && i > 3 && random.below(30) == 0, isLong: seed % 2 == 0)
      for name in Self.names where !(odd && i > 0 && random.below(25) == 0) {
        text += "        " + property(name, &random, odd: odd) + (random.below(9) == 0 ? " \r\n" : "\n")
      }
      text += "      </m:properties>\n    </content>\n  </entry>\n"
    }
    return text + "</feed>\n"
  }

  private func outcome(_ bytes: [UInt8], _ columns: [String]?) throws -> Result<[[String]], SourceError> {
    try withFile(bytes, ".xml") { path in
      do {
        let table = try readAll(try atom { $0.dataset = .typed }, [path], columns: columns)
        return .success(try (columns ?? Self.names).map { try cells(table, $0) })
      } catch var error as SourceError {
        error.file = ""
        return .failure(error)
      }
    }
  }

  @Test(arguments: 0..<60) func aFewPropertiesAreAsInTheWholeTable(seed: Int) throws {
    var random = Seeded(UInt64(seed) &+ 4711)
    let entries = [1, 3, 40, 400][random.below(4)]
    let bytes = Array(feed(seed: UInt64(seed), entries: entries).utf8)
    let wanted = (0..<10).filter { _ in random.below(3) == 0 }
    let untouched = feed(seed: UInt64(seed), entries: entries, prolog: Self.untouched)
    let whole = try outcome(Array(untouched.utf8), nil)
    #expect(try outcome(bytes, nil) == whole)
    let some = try outcome(bytes, wanted.map { Self.names[$0] })
    #expect(some == whole.map { columns in wanted.map { columns[$0] } })
  }

  /// One byte changed anywhere behind the first entry: the same error, or the same cells.
  @Test(arguments: 0..<120) func damageIsFoundWhateverIsWanted(seed: Int) throws {
    var random = Seeded(UInt64(seed) &+ 1234)
    var bytes = Array(feed(seed: UInt64(seed), entries: 60).utf8)
    var untouched = Array(feed(seed: UInt64(seed), entries: 60, prolog: Self.untouched).utf8)
    let start = bytes.count / 30
    let place = start + random.below(bytes.count - start)
    let byte = Array("<>&\"/ax\u{1}]!?".utf8)[random.below(11)]
    bytes[place] = byte
    untouched[place + Self.untouched.utf8.count] = byte
    let wanted = (0..<10).filter { _ in random.below(3) == 0 }
    let whole = try outcome(untouched, nil)
    #expect(try outcome(bytes, nil) == whole)
    let some = try outcome(bytes, wanted.map { Self.names[$0] })
    switch (whole, some) {
    case (.success(let all), .success(let part)): #expect(part == wanted.map { all[$0] })
    case (.failure(let a), .failure(let b)): #expect(a == b)
    case (.failure(let a), .success):
      // What is wrong with an unwanted property alone (twice there, elements inside) concerns nobody.
      #expect(!a.message.contains("well-formed"), "\(a)")
    case (.success, .failure(let b)): Issue.record("\(b)")
    }
  }

  /// An error names the property as it stands in the feed, not as the parser saw it.
  @Test func errorsNameThePropertyInFull() throws {
    let name = Self.names[9]
    var lines = feed(seed: 3, entries: 30).utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    let last = try #require(lines.lastIndex { String(decoding: $0, as: UTF8.self).contains("<d:\(name)>") })
    lines.insert(lines[last], at: last)
    guard case .failure(let error) = try outcome(Array(lines.joined(separator: [0x0A])), nil) else {
      Issue.record("no error")
      return
    }
    #expect(error.description == ":\(last + 2): column \"\(name)\": occurs twice in one entry")
  }

  /// What comes again in every gap is not left out when it says something: an entry of another kind, a namespace.
  @Test(arguments: [
    "<p:properties xmlns:p=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\"/>",
    "<author xmlns:d=\"http://example.org/\"/>", "<h1>1</h1>", "<title>&#49;</title>", "<title>5</title>", "tekst",
  ]) func gapsThatComeAgain(extra: String) throws {
    let text = feed(seed: 3, entries: 30).replacing("</id>", with: "</id>" + extra)
    let untouched = feed(seed: 3, entries: 30, prolog: Self.untouched).replacing("</id>", with: "</id>" + extra)
    #expect(try outcome(Array(text.utf8), nil) == outcome(Array(untouched.utf8), nil))
  }

  /// Of a gap goes on what opens and closes other elements, with all line ends.
  @Test func gapsAreReduced() throws {
    let gap = AtomGap(Array(Self.gap("1", "12").utf8), Array(Self.gap("1", "345").utf8))
    let known = try #require(gap)
    #expect(
      String(decoding: known.rest, as: UTF8.self)
        == "</m:properties>\n</content></entry>\n<link rel=\"a\"/><entry>\n\n<content type=\"x\"><m:properties>")
    let next = Array(("..." + Self.gap("1", "7") + "..").utf8)
    guard case .end(next.count - 2) = known.match(next, 3, next.count) else {
      Issue.record("the gap is not known again")
      return
    }
    for other in [Self.gap("2", "7"), Self.gap("1", ""), Self.gap("1", "x")] {
      guard case .other = known.match(Array(other.utf8), 0, other.utf8.count) else {
        Issue.record("\(other) is taken for the gap")
        continue
      }
    }
    guard case .incomplete = known.match(next, 3, next.count - 3) else {
      Issue.record("half a gap is not told from another one")
      return
    }
    // Digits in a tag that goes on, or outside quotes, tell one gap from another.
    #expect(AtomGap(Array(Self.gap("1", "7").utf8), Array(Self.gap("2", "7").utf8)) == nil)
    #expect(AtomGap(Array("</m:properties><m:properties>".utf8), Array("</m:properties> <m:properties>".utf8)) == nil)
  }

  private static func gap(_ type: String, _ id: String) -> String {
    "</m:properties>\n  </content></entry>\n <link rel=\"a\"/><entry><id>\(id)</id>\n<a><b c='\(id)\n'/></a>"
      + "<content type=\"x\"><m:properties>".replacing("x", with: type == "1" ? "x" : "x2")
  }
}

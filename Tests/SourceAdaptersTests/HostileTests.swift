import Glibc
import PipelineKit
import SourceAdapters
import Tabular
import Testing

/// Gzip whose content is a start, one byte many times over, and an end: a gigabyte takes a megabyte.
private enum Bomb {
  static func bytes(_ start: String, _ filler: UInt8, mebibytes: Int, _ end: String = "") -> [UInt8] {
    let piece = run(filler)
    var file = stored(Array(start.utf8))
    for _ in 0..<mebibytes { file += piece }
    return end.isEmpty ? file : file + stored(Array(end.utf8))
  }

  private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]

  /// A member with an uncompressed block.
  private static func stored(_ content: [UInt8]) -> [UInt8] {
    let count = UInt16(content.count)
    let lengths = [UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)]
    return header + [1] + lengths + content + trailer(checksum(content), content.count)
  }

  /// A member with a mebibyte of one byte, as a literal and copies of 258 in fixed Huffman codes (RFC 1951).
  private static func run(_ byte: UInt8) -> [UInt8] {
    precondition(byte < 144, "another code length")
    var bits = Bits()
    bits.append(0b011, 3)  // the last block, fixed codes; headers go lowest bit first
    let total = 1 << 20
    let copies = (total - 1) / 258
    for i in 0..<(total - copies * 258) {
      bits.appendCode(0x30 + UInt32(byte), 8)
      guard i == 0 else { continue }
      for _ in 0..<copies {
        bits.appendCode(0b1100_0101, 8)  // a length of 258
        bits.appendCode(0, 5)  // a distance of 1
      }
    }
    bits.appendCode(0, 7)  // the end of the block
    return header + bits.finish() + trailer(checksum([UInt8](repeating: byte, count: total)), total)
  }

  private static func trailer(_ checksum: UInt32, _ count: Int) -> [UInt8] {
    [checksum, UInt32(count)].flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var table: [UInt32] = []
    for i in 0..<256 {
      var c = UInt32(i)
      for _ in 0..<8 { c = c & 1 == 1 ? 0xEDB8_8320 ^ (c >> 1) : c >> 1 }
      table.append(c)
    }
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes { sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8) }
    return ~sum
  }

  private struct Bits {
    private var bytes: [UInt8] = []
    private var last: UInt32 = 0
    private var count: UInt32 = 0

    mutating func append(_ value: UInt32, _ width: UInt32) {
      last |= value << count
      count += width
      while count >= 8 {
        bytes.append(UInt8(last & 0xFF))
        last >>= 8
        count -= 8
      }
    }

    /// Huffman codes go highest bit first.
    mutating func appendCode(_ code: UInt32, _ width: UInt32) {
      for bit in (0..<width).reversed() { append(code >> bit & 1, 1) }
    }

    mutating func finish() -> [UInt8] { count > 0 ? bytes + [UInt8(last & 0xFF)] : bytes }
  }
}

/// The largest part of the process that stood in memory so far, in bytes.
private func peak() -> Int {
  guard let file = fopen("/proc/self/status", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  while fgets(&line, 256, file) != nil {
    let text = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let words = String(decoding: text, as: UTF8.self).split { $0 == " " || $0 == "\t" }
    if words.first == "VmHWM:" { return (Int(words[1]) ?? 0) << 10 }
  }
  return 0
}

/// An adapter and the documents of its format around something hostile.
private struct Victim: CustomTestStringConvertible {
  var name: String
  var source: @Sendable () throws -> any SourceAdapter
  /// What stands before and after a cell's text.
  var text: (String, String)
  /// What stands before and after an attribute's value.
  var attribute: (String, String)
  /// What is said of a document with nothing but a very long comment: it is passed over, in memory that does not grow.
  var afterComment = "no error"
  /// Where elements may be nested.
  var element: (String, String)
  var testDescription: String { name }

  init<A: SourceAdapter>(
    _ type: A.Type, _ start: String, _ end: String, cell: (String, String), afterComment: String = "no error"
  ) {
    self.afterComment = afterComment
    name = A.info.name
    source = { try A(options: A.Options(), context: RunContext()) }
    text = (start + cell.0, cell.1 + end)
    attribute = (start + "<x y=\"", "\"/>" + end)
    element = (start, end)
  }

  private static let data = "http://schemas.microsoft.com/ado/2007/08/dataservices"
  private static let sdmx = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"

  static let all = [
    Victim(
      CBSDatasetAtom.self,
      "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:d=\"\(data)\" xmlns:m=\"\(data)/metadata\"><entry>"
        + "<content type=\"application/xml\"><m:properties>", "</m:properties></content></entry></feed>",
      cell: ("<d:RegioS>", "</d:RegioS>"), afterComment: ": has no entry in its first 32 MiB; expected an Atom feed"),
    Victim(XMLRecords.self, "<l><r><c>1</c></r><r>", "</r></l>", cell: ("<c>", "</c>")),
    Victim(
      SDMXML.self, "<m:StructureSpecificData xmlns:m=\"\(sdmx)message\"><m:DataSet><Series A=\"1\">",
      "</Series></m:DataSet></m:StructureSpecificData>", cell: ("<Obs TIME_PERIOD=\"2020\" OBS_VALUE=\"", "\"/>")),
    Victim(
      GML.self, "<gml:FeatureCollection xmlns:gml=\"http://www.opengis.net/gml\"><gml:member><a>",
      "</a></gml:member></gml:FeatureCollection>", cell: ("<c>", "</c>"),
      afterComment: ": has no feature in its first 128 MiB; expected GML"),
  ]
}

/// Documents made to fill the memory or to read other files: refused, within a bound of memory and of time.
@Suite(.serialized) struct HostileTests {
  /// What reading may add to the process, whatever the document.
  private static let bound = 256 << 20

  /// The error of reading `bytes`, with what it took.
  private func refusal(_ source: any SourceAdapter, _ bytes: [UInt8], _ suffix: String) throws -> String {
    let before = peak()
    let text = try withFile(bytes, suffix) { path in message { _ = try readAll(source, [path]) } }
    #expect(before > 0 && peak() - before < Self.bound, "\(peak() - before) bytes more")
    return text
  }

  @Test(arguments: Victim.all) fileprivate func entities(victim: Victim) throws {
    var bomb = "<!DOCTYPE a [<!ENTITY e0 \"ha\">"
    for i in 1...30 { bomb += "<!ENTITY e\(i) \"&e\(i - 1);&e\(i - 1);\">" }
    for type in [
      bomb + "]>", "<!DOCTYPE a [<!ENTITY e30 SYSTEM \"file:///etc/passwd\">]>",
      "<!DOCTYPE a SYSTEM \"http://localhost:1/a.dtd\">",
      "<!DOCTYPE a [<!ENTITY % p SYSTEM \"file:///etc/passwd\">%p;]>",
    ] {
      let document = type + victim.text.0 + "&e30;" + victim.text.1
      #expect(try refusal(victim.source(), Array(document.utf8), ".xml").contains(": a DOCTYPE is not allowed: "))
    }
    let undeclared = victim.text.0 + "&e30;" + victim.text.1
    let text = try refusal(victim.source(), Array(undeclared.utf8), ".xml")
    #expect(text.contains(":1: is not well-formed XML: Entity 'e30' not defined"), "\(text)")
  }

  /// Where no adapter fits because of a DOCTYPE, that is the reason given; adapters with the same reason stand together.
  @Test func theReasonIsTheDoctype() throws {
    let catalog = PluginCatalog(
      sources: [GML.self, GeoJSON.self, SDMXML.self, XMLRecords.self], transforms: [], sinks: [])
    func reason(_ document: String) throws -> String {
      try withFile(document, ".xml") { path in
        let text = message { _ = try Recogniser(catalog: catalog).recognise(path, context: RunContext()) }
        return String(text.drop { $0 != " " }.dropFirst())
      }
    }
    #expect(
      try reason("<!DOCTYPE a [<!ENTITY b \"c\">]><a><r x=\"1\"/><r x=\"2\"/></a>")
        == "no adapter knows this format (geojson: not a JSON object; gml, sdmx_ml, xml_records: XML with a DOCTYPE, which is "
        + "not allowed); name one with \"adapter\"")
    #expect(
      try reason("a;b\n1;2\n")
        == "no adapter knows this format (geojson: not a JSON object; gml, sdmx_ml, xml_records: not XML); name one with "
        + "\"adapter\"")
  }

  @Test(arguments: Victim.all) fileprivate func depth(victim: Victim) throws {
    let deep = victim.element.0 + String(repeating: "<x>", count: 200_000)
    let text = try refusal(victim.source(), Array(deep.utf8), ".xml")
    #expect(text.contains(":1: elements stand more than 64 deep inside each other"), "\(text)")
  }

  /// A gigabyte in one attribute, one text, one name, one comment: each says where and what.
  @Test(arguments: Victim.all) fileprivate func length(victim: Victim) throws {
    let shapes = [
      (victim.attribute, [":1: is not well-formed XML: AttValue length too long"]),
      (victim.text, [":1: an element or attribute holds more than 1 MiB of text", "AttValue length too long"]),
      (
        (victim.element.0 + "<", ">"),
        [":1: is not well-formed XML: a name or another piece of markup of more than 10 MB"]
      ),
      ((victim.element.0 + "<!--", "-->" + victim.element.1), [victim.afterComment]),
    ]
    for (i, (shape, texts)) in shapes.enumerated() {
      let bytes = Bomb.bytes(shape.0, UInt8(ascii: "a"), mebibytes: 1024, shape.1)
      let text = try refusal(victim.source(), bytes, ".xml.gz")
      #expect(texts.contains { text.contains($0) } && !text.contains("cut off"), "\(i): \(text)")
    }
  }

  /// A gigabyte of one cell, of NUL bytes, of a quote that never closes; JSON and messages too.
  @Test func otherFormats() throws {
    let (a, nul) = (UInt8(ascii: "a"), UInt8(0))
    let csv = "\"ID\";\"RegioS\"\r\n\"0\";\"GM0141\"\r\n\"1\";"
    let download = "Id;Measure;RegioS;Value;ValueAttribute\r\n0;M1;GM0141;1;None\r\n1;M1;"
    let json = "{\"odata.metadata\": \"x#y\", \"value\": [{\"a\": 1}, {\"a\": \""
    let features = "{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", \"properties\": {\"a\": \""
    let long = ":3: a field of more than 16 MiB that starts here; the file is cut off, or a quote is missing"
    let record = ":3: a record of more than 256 KiB starts here; a quote or a line end is missing"
    let text = ":3: a record of more than 16 MiB starts here; the file is cut off, or a quote is missing"
    let table = "code;naam;aantal\r\n0141;Almelo;5\r\n0153;"
    let schools = "\"BRIN NUMMER\";\"LEERLINGEN\"\r\n\"00AA\";\"<5\"\r\n\""
    let symbols = "\"Perioden\";\"Inwoners (Aantal)\"\r\n\"2022*\";\"      12\"\r\n\""
    let cases: [(any SourceAdapter, String, UInt8, String, String)] = [
      (try Delimited(options: .init(), context: RunContext()), table, a, ".csv.gz", text),
      (try Delimited(options: .init(), context: RunContext()), table + "\"", a, ".csv.gz", text),
      (try Delimited(options: .init(), context: RunContext()), table, nul, ".csv.gz", text),
      (try DUOCSV(options: .init(), context: RunContext()), schools, a, ".csv.gz", text),
      (try StatLineCSV(options: .init(), context: RunContext()), symbols, a, ".csv.gz", text),
      (try csvAdapter(), csv, a, ".csv.gz", long), (try csvAdapter(), csv + "\"", a, ".csv.gz", long),
      (try csvAdapter(), csv, nul, ".csv.gz", long),
      (try CBSOData4(options: .init(), context: RunContext()), download, a, ".csv.gz", record),
      (try CBSOData4(options: .init(), context: RunContext()), download + "\"", a, ".csv.gz", record),
      (
        try CBSMetadataCSV(options: .init(), context: RunContext()), "\"TableInfos\"\r\n\"ID\";\"Title\"\r\n\"0\";\"",
        a, ".csv.gz", ":3: a field of more than 16 MiB that starts here; a quote is missing"
      ),
      (
        try CBSDatasetJSON(options: .init(), context: RunContext()), json, a, ".json.gz",
        ":1: a text or name holds more than 1 MiB"
      ),
      (
        try GeoJSON(options: .init(), context: RunContext()), features, a, ".json.gz",
        ":1: is not JSON that can be read: a string or number holds more than 1024 KiB"
      ),
      (
        try Singer(options: .init(), context: RunContext()), "{\"type\": \"STATE\", \"value\": \"", a, ".jsonl.gz",
        ":1: a message is longer than 16 MiB"
      ),
    ]
    for (i, (source, start, filler, suffix, expected)) in cases.enumerated() {
      let found = try refusal(source, Bomb.bytes(start, filler, mebibytes: 1024), suffix)
      #expect(found.contains(expected), "\(i): \(found)")
    }
  }

  /// A limit that a head of the file breaks ends the sampling: no larger head is read, as the memory shows.
  @Test func aLongTextInJSONTakesLittleMemory() throws {
    let start = "{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", \"properties\": {\"a\": \""
    try withFile(Bomb.bytes(start, UInt8(ascii: "a"), mebibytes: 300), ".json.gz") { path in
      let context = RunContext()
      let source = try GeoJSON(options: .init(), context: context)
      let text = message { _ = try source.schema(of: Input(parts: [InputPart(path: path)]), context: context) }
      #expect(
        text.hasSuffix(":1: is not JSON that can be read: a string or number holds more than 1024 KiB (byte 2097153)"))
    }
  }

  private func csvAdapter() throws -> CBSDatasetCSV { try csv() }
}

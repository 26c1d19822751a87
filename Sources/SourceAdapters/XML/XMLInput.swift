import CLibXML2
import Glibc
import PipelineKit

/// What an XML document may hold at most; beyond it the file is refused, so that a hostile one cannot fill the memory.
enum XMLLimits {
  /// Elements inside each other.
  static let depth = 64
  /// Bytes of one element's text, or of one attribute.
  static let text = 1 << 20
  /// Different names of fields.
  static let names = 16_384

  /// What is said of a text beyond ``text``.
  static let longMessage = "an element or attribute holds more than 1 MiB of text"
  /// What is said of a document type.
  static let doctypeMessage =
    "a DOCTYPE is not allowed: it can pull in other files and blow up memory; take it out, or ask for the file without it"
}

/// What libxml2's callbacks share, whatever else they do: what went wrong, and where bytes come from.
final class XMLInput {
  /// The error that ends the reading.
  private(set) var failure: SourceError?
  /// Whether the reading ends early, without an error.
  private(set) var isStopped = false
  /// libxml2's parser; nil before and after the parse.
  private(set) var parser: xmlParserCtxtPtr?
  let path: String
  /// Whether the bytes are the first of a longer file: that they end early says nothing of the file.
  let isHead: Bool
  /// Called before more bytes are read: the place for slow work.
  var beforeRead: () -> Void = {}

  private let source: (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)
  private var start = 0
  private var end = 0
  private var sawEnd = false

  init(
    path: String, isHead: Bool = false, source: @escaping (UnsafeMutableRawBufferPointer) throws(SourceError) -> Int
  ) {
    self.path = path
    self.isHead = isHead
    self.source = source
  }

  deinit { buffer.deallocate() }

  /// Whether all bytes were handed on, and more were asked for.
  var isAtEnd: Bool { sawEnd && start == end }

  /// The line at which the parser stands.
  var line: Int { parser.map { Int(xmlSAX2GetLineNumber(UnsafeMutableRawPointer($0))) } ?? 0 }

  /// Ends the reading with an error; the first one counts, and none after a stop.
  func fail(_ error: SourceError) {
    if !isStopped { failure = error }
    stop()
  }

  /// Ends the reading with an error at the parser's line.
  func fail(_ message: String, column: String = "") {
    fail(SourceError(file: path, line: line, column: column, message))
  }

  /// Ends the reading: no further callbacks, no further bytes.
  ///
  /// Not by `xmlStopParser`, which frees the input under the feet of the functions of libxml2 that called us.
  func stop() {
    isStopped = true
    parser?.pointee.disableSAX = 1
    parser?.pointee.wellFormed = 0
    parser?.pointee.instate = XML_PARSER_EOF
  }

  // MARK: Parsing

  private static let initialised: Void = { xmlInitParser() }()

  /// Parses the document with the callbacks of `handler`.
  ///
  /// `setUp` gets the parser before the first byte.
  ///
  /// No network, no document type, no entities but the predefined five; limits of libxml2 stay on.
  func parse(
    _ handler: xmlSAXHandler, _ context: UnsafeMutableRawPointer, setUp: (xmlParserCtxtPtr) -> Void
  ) {
    _ = Self.initialised
    var handler = handler
    handler.initialized = UInt32(XML_SAX2_MAGIC)
    guard
      let parser = xmlCreateIOParserCtxt(
        &handler, context, Self.read, nil, Unmanaged.passUnretained(self).toOpaque(), XML_CHAR_ENCODING_NONE)
    else {
      // libxml2 looks at the first bytes when it makes the parser.
      if failure == nil { fail(SourceError(file: path, "libxml2 cannot make a parser: out of memory")) }
      return
    }
    self.parser = parser
    // Without NOENT an attribute's "&amp;" comes as "&#38;". There is nothing else to replace: handlers that would declare
    // entities are not set.
    xmlCtxtUseOptions(parser, CInt(XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue))
    setUp(parser)
    xmlParseDocument(parser)
    if !isStopped, parser.pointee.wellFormed == 0 { noteMalformed() }
    self.parser = nil
    xmlFreeParserCtxt(parser)
  }

  /// Notes what libxml2 found wrong.
  ///
  /// Called for its first error.
  func noteMalformed(_ error: UnsafeMutablePointer<xmlError>? = nil) {
    let found = error ?? parser.flatMap { xmlCtxtGetLastError(UnsafeMutableRawPointer($0)) }
    let text = found?.pointee.message.map { String(cString: $0) } ?? "not well-formed"
    let line = found.map { Int($0.pointee.line) } ?? self.line
    var trimmed = Substring(text)
    while trimmed.last == "\n" || trimmed.last == " " { trimmed.removeLast() }
    if trimmed.hasSuffix("Huge input lookup") { trimmed = "a name or another piece of markup of more than 10 MB" }
    let isAtEnd = parser?.pointee.input.map { $0.pointee.cur >= $0.pointee.end } ?? false
    let advice = self.isAtEnd && isAtEnd && !isHead ? "; the file is cut off or damaged, fetch it again" : ""
    fail(SourceError(file: path, line: line, "is not well-formed XML: \(trimmed)\(advice)"))
  }

  private static let read: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<CChar>?, CInt) -> CInt = {
    context, target, count in
    guard let context, let target else { return -1 }
    return Unmanaged<XMLInput>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.fill(target, Int(count)) }
  }

  /// Gives libxml2 its next bytes: it asks for 4,000 at a time, files are read in larger pieces.
  private func fill(_ target: UnsafeMutablePointer<CChar>, _ wanted: Int) -> CInt {
    if isStopped { return -1 }
    if start == end {
      beforeRead()
      if isStopped { return -1 }
      do { end = try source(buffer) } catch {
        fail(error)
        return -1
      }
      start = 0
      if end == 0 {
        sawEnd = true
        return 0
      }
    }
    let count = min(wanted, end - start)
    memcpy(target, buffer.baseAddress.unsafelyUnwrapped + start, count)
    start += count
    return CInt(count)
  }
}

/// The pointer of `text` in the parser's dictionary: names that the parser reports can then be compared by address.
func interned(_ text: StaticString, in parser: xmlParserCtxtPtr) -> UnsafePointer<xmlChar>? {
  xmlDictLookup(parser.pointee.dict, text.utf8Start, CInt(text.utf8CodeUnitCount))
}

/// The pointer of `text` in the parser's dictionary.
func interned(_ text: String, in parser: xmlParserCtxtPtr) -> UnsafePointer<xmlChar>? {
  var text = text
  return text.withUTF8 { xmlDictLookup(parser.pointee.dict, $0.baseAddress, CInt($0.count)) }
}

/// The text of a NUL-terminated name.
func text(_ name: UnsafePointer<xmlChar>?) -> String {
  name.map { String(cString: $0) } ?? ""
}

import CLibXML2
import PipelineKit

/// A start tag as libxml2 reports it. Good during the call that hands it on.
struct XMLTag {
  /// The local name; its address is the parser's for this name.
  let name: UnsafePointer<xmlChar>
  /// The namespace, or nil.
  let space: UnsafePointer<xmlChar>?
  /// The number of attributes; declarations of namespaces are none.
  let attributeCount: Int
  private let attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?

  init(
    name: UnsafePointer<xmlChar>, space: UnsafePointer<xmlChar>?, attributeCount: Int,
    attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
  ) {
    self.name = name
    self.space = space
    self.attributeCount = attributes == nil ? 0 : attributeCount
    self.attributes = attributes
  }

  /// The local name of attribute `i`.
  func attributeName(_ i: Int) -> UnsafePointer<xmlChar>? { attributes?[i &* 5] }

  /// The namespace of attribute `i`, or nil.
  func attributeSpace(_ i: Int) -> UnsafePointer<xmlChar>? { attributes?[i &* 5 &+ 2] }

  /// The value of attribute `i`.
  func attributeValue(_ i: Int) -> UnsafeBufferPointer<UInt8> {
    guard let from = attributes?[i &* 5 &+ 3], let to = attributes?[i &* 5 &+ 4] else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return UnsafeBufferPointer(start: from, count: to - from)
  }

  /// The value of the attribute with that local name, whatever its namespace, or nil. Makes a String.
  func attribute(_ name: String) -> String? {
    for i in 0..<attributeCount where text(attributeName(i)) == name {
      return String(decoding: attributeValue(i), as: UTF8.self)
    }
    return nil
  }
}

/// Takes the events of a document.
protocol XMLReceiver: AnyObject {
  /// Called before the first byte: the place to look up names in the parser's dictionary.
  func begin(_ parser: xmlParserCtxtPtr)
  /// An element starts; ``XMLEvents/depth`` counts it.
  func open(_ tag: XMLTag)
  /// Text of the innermost element; it may come in pieces.
  func text(_ bytes: UnsafeBufferPointer<UInt8>)
  /// The innermost element ends; ``XMLEvents/depth`` still counts it.
  func close(_ name: UnsafePointer<xmlChar>)
}

/// Reads an XML document as a stream of events, within the limits of ``XMLLimits``.
///
/// A document with a DOCTYPE is refused; see ``XMLInput/parse(_:_:setUp:)``.
final class XMLEvents {
  /// Where bytes come from and errors go.
  let input: XMLInput
  /// Open elements.
  private(set) var depth = 0
  private unowned let receiver: any XMLReceiver

  /// A reader of `input` for `receiver`, which must live until ``parse()`` returns.
  init(_ input: XMLInput, _ receiver: any XMLReceiver) {
    self.input = input
    self.receiver = receiver
  }

  /// Reads the document to its end, an error or a stop; ``XMLInput/failure`` says which.
  func parse() {
    var handler = xmlSAXHandler()
    handler.startElementNs = { context, name, _, space, _, _, count, _, attributes in
      guard let name else { return }
      XMLEvents.with(context) {
        $0.open(XMLTag(name: name, space: space, attributeCount: Int(count), attributes: attributes))
      }
    }
    handler.endElementNs = { context, name, _, _ in
      guard let name else { return }
      XMLEvents.with(context) {
        $0.receiver.close(name)
        $0.depth -= 1
      }
    }
    handler.characters = { context, bytes, count in
      XMLEvents.with(context) { $0.receiver.text(UnsafeBufferPointer(start: bytes, count: Int(count))) }
    }
    handler.ignorableWhitespace = handler.characters
    handler.cdataBlock = handler.characters
    handler.internalSubset = { context, _, _, _ in
      XMLEvents.with(context) { $0.input.fail(XMLLimits.doctypeMessage) }
    }
    handler.serror = { context, error in
      XMLEvents.with(context) { events in
        if let error, error.pointee.level.rawValue >= XML_ERR_ERROR.rawValue { events.input.noteMalformed(error) }
      }
    }
    input.parse(handler, Unmanaged.passUnretained(self).toOpaque()) { receiver.begin($0) }
  }

  private func open(_ tag: XMLTag) {
    depth += 1
    if input.isStopped { return }
    if depth > XMLLimits.depth {
      input.fail("elements stand more than \(XMLLimits.depth) deep inside each other")
      return
    }
    for i in 0..<tag.attributeCount where tag.attributeValue(i).count > XMLLimits.text {
      failLong()
      return
    }
    receiver.open(tag)
  }

  /// Ends the reading: a text is longer than the limit.
  func failLong() { input.fail(XMLLimits.longMessage) }

  private static func with(_ context: UnsafeMutableRawPointer?, _ body: (XMLEvents) -> Void) {
    guard let context else { return }
    Unmanaged<XMLEvents>.fromOpaque(context)._withUnsafeGuaranteedRef(body)
  }
}

extension XMLInput {
  /// An input of bytes that stand in memory: the head of a file, or with `isWhole` all of it.
  convenience init(path: String, head: [UInt8], isWhole: Bool) {
    var rest = head[...]
    self.init(path: path, isHead: !isWhole) { buffer in
      let count = min(buffer.count, rest.count)
      buffer.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return count
    }
  }
}

/// The first element of a document, by which its format is known.
final class XMLRoot: XMLReceiver {
  /// The local name; empty when the bytes are not XML.
  private(set) var name = ""
  /// Why there is no name, as a clause.
  private(set) var fault = "not XML"
  /// The namespace; empty for none.
  private(set) var space = ""

  /// Looks at the first bytes of a file.
  init(_ head: [UInt8]) {
    var rest = head.prefix(1024)[...]
    if rest.starts(with: byteOrderMark) { rest = rest.dropFirst(3) }
    guard rest.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }) == UInt8(ascii: "<") else {
      return
    }
    let input = XMLInput(path: "", head: head, isWhole: false)
    events = XMLEvents(input, self)
    events?.parse()
    events = nil
    if name.isEmpty {
      fault =
        input.failure?.message == XMLLimits.doctypeMessage ? "XML with a DOCTYPE, which is not allowed" : "not XML"
    }
  }

  private var events: XMLEvents?

  func begin(_ parser: xmlParserCtxtPtr) {}

  func open(_ tag: XMLTag) {
    name = SourceAdapters.text(tag.name)
    space = SourceAdapters.text(tag.space)
    events?.input.stop()
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
  func close(_ name: UnsafePointer<xmlChar>) {}
}

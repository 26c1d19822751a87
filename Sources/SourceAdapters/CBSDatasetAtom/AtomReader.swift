import CLibXML2
import Glibc
import PipelineKit
import Tabular

/// A property in the order in which the feed's entries have it.
struct AtomProperty {
  /// The name's address in the parser's dictionary.
  var name: UnsafePointer<xmlChar>?
  /// Where its values go; nil when it is not asked for.
  var slot: UnsafeMutablePointer<ColumnSlot>?
  /// The property that came after it in the entry before.
  var following = 0
}

/// What libxml2's callbacks see: raw memory, so that an element costs no retain and no release.
struct AtomCursor {
  /// Open elements.
  var depth = 0
  /// The depth of a property of the entry at hand; -1 outside `m:properties`.
  var propertyDepth = -1
  /// The known properties; an entry without a name stands behind the last.
  var properties: UnsafeMutablePointer<AtomProperty>
  /// The property that came first in the entry before.
  var first = 0
  /// The property before the one at hand; -1 at an entry's start.
  var previous = -1
  /// Where the text of the running element goes; nil when it is not wanted.
  var slot: UnsafeMutablePointer<ColumnSlot>?
  var isNull = false
  var text: UnsafeMutablePointer<UInt8>
  var textCount = 0
  var textCapacity: Int
  /// Properties of this entry that were asked for and found.
  var found = 0
  /// How many are asked for.
  let wanted: Int
  /// Rows since the last batch.
  var rows = 0
  var dataSpace: UnsafePointer<xmlChar>?
  var metadataSpace: UnsafePointer<xmlChar>?
  var propertiesName: UnsafePointer<xmlChar>?
  var nullName: UnsafePointer<xmlChar>?
  let reader: Unmanaged<AtomReader>
}

/// Reads one Atom feed: `m:properties` through libxml2's SAX2 into a ``BatchDecoder``.
///
/// An element's name is compared by address with the one that the entry before had at this place; properties that are
/// not asked for cost that comparison and nothing else.
final class AtomReader {
  static let doctypeMessage =
    "a DOCTYPE is not allowed: it can pull in other files and blow up memory; fetch the feed from CBS again"

  private let schema: Schema
  private let decoder: BatchDecoder
  private let numbers: NumberParser
  private let context: RunContext
  private let input: XMLInput
  private let projection: AtomProjection
  private let cursor: UnsafeMutablePointer<AtomCursor>
  private var propertyCount = 0
  private var propertyCapacity = 256
  private(set) var root = ""
  /// The address of the next page; empty when the feed names none.
  private(set) var nextLink = ""
  private var linkName: UnsafePointer<xmlChar>?
  /// The prefixes of properties in the data's namespace.
  private var prefixes: Set<String> = []

  private var rejected: RejectedCells

  init(
    schema: Schema, cells: CellDialect, input: XMLInput, projection: AtomProjection, onError: OnError,
    context: RunContext
  ) throws(SourceError) {
    self.projection = projection
    self.schema = schema
    rejected = RejectedCells(file: input.path, onError: onError, context: context)
    self.context = context
    self.input = input
    numbers = cells.numbers
    do { decoder = try BatchDecoder(schema: schema, dialect: cells) } catch {
      throw SourceError(file: input.path, error.description)
    }
    let properties = UnsafeMutablePointer<AtomProperty>.allocate(capacity: propertyCapacity)
    properties.initialize(repeating: AtomProperty(), count: propertyCapacity)
    cursor = .allocate(capacity: 1)
    cursor.initialize(
      to: AtomCursor(
        properties: properties, text: .allocate(capacity: 4096), textCapacity: 4096, wanted: schema.count,
        reader: Unmanaged.passUnretained(self)))
  }

  deinit {
    cursor.pointee.properties.deallocate()
    cursor.pointee.text.deallocate()
    cursor.deallocate()
  }

  // MARK: The loop

  /// Reads the feed and hands on its batches.
  func read(into receive: (Batch) -> ReadControl) throws(SourceError) {
    withoutActuallyEscaping(receive) { receive in
      input.beforeRead = { [unowned self] in
        if self.cursor.pointee.rows >= self.decoder.batchRows, self.handOn(receive) == .stop { self.input.stop() }
      }
      input.parse(Self.handler, cursor) { setUp($0) }
      input.beforeRead = {}
    }
    if let failure = input.failure { throw failure }
    if cursor.pointee.rows > 0, !input.isStopped { _ = handOn(receive) }
  }

  private func handOn(_ receive: (Batch) -> ReadControl) -> ReadControl {
    let rows = cursor.pointee.rows
    let table = decoder.take(rows: rows)
    cursor.pointee.rows = 0
    context.count(read: rows)
    return receive(Batch(table))
  }

  private func setUp(_ parser: xmlParserCtxtPtr) {
    cursor.pointee.dataSpace = interned(AtomNamespace.data, in: parser)
    cursor.pointee.metadataSpace = interned(AtomNamespace.metadata, in: parser)
    cursor.pointee.propertiesName = interned("properties", in: parser)
    cursor.pointee.nullName = interned("null", in: parser)
    linkName = interned("link", in: parser)
  }

  private static var handler: xmlSAXHandler {
    var handler = xmlSAXHandler()
    handler.startElementNs = start
    handler.endElementNs = end
    handler.characters = characters
    handler.ignorableWhitespace = characters
    handler.cdataBlock = characters
    handler.internalSubset = { context, _, _, _ in
      AtomReader.with(context) { $0.input.fail(AtomReader.doctypeMessage) }
    }
    handler.serror = { context, error in
      AtomReader.with(context) { reader in
        if let error, error.pointee.level.rawValue >= XML_ERR_ERROR.rawValue { reader.input.noteMalformed(error) }
      }
    }
    return handler
  }

  private static func with(_ context: UnsafeMutableRawPointer?, _ body: (AtomReader) -> Void) {
    guard let context else { return }
    context.assumingMemoryBound(to: AtomCursor.self).pointee.reader._withUnsafeGuaranteedRef(body)
  }

  // MARK: Callbacks

  private static let start: startElementNsSAX2Func = {
    context, name, prefix, space, _, _, attributeCount, _, attributes in
    let cursor = context.unsafelyUnwrapped.assumingMemoryBound(to: AtomCursor.self)
    let depth = cursor.pointee.depth &+ 1
    cursor.pointee.depth = depth
    guard depth == cursor.pointee.propertyDepth,
      space == cursor.pointee.dataSpace || name.map(AtomShortNames.isShort) == true
    else {
      cursor.pointee.reader._withUnsafeGuaranteedRef { $0.startOther(name, space, attributes, Int(attributeCount)) }
      return
    }
    let previous = cursor.pointee.previous
    let expected = previous < 0 ? cursor.pointee.first : cursor.pointee.properties[previous].following
    var property = cursor.pointee.properties + expected
    if property.pointee.name != name {
      guard let other = cursor.pointee.reader._withUnsafeGuaranteedRef({ $0.property(name, prefix) }) else { return }
      property = other
    }
    cursor.pointee.previous = property - cursor.pointee.properties
    guard let slot = property.pointee.slot else { return }
    if slot.pointee.count != cursor.pointee.rows {
      cursor.pointee.reader._withUnsafeGuaranteedRef { $0.failTwice(name) }
      return
    }
    cursor.pointee.slot = slot
    cursor.pointee.textCount = 0
    cursor.pointee.isNull = false
    if attributeCount > 0, let attributes { readNull(cursor, attributes, Int(attributeCount)) }
  }

  /// Looks for `m:null="true"` among the attributes: five pointers each, name, prefix, namespace, value, end.
  @inline(__always)
  private static func readNull(
    _ cursor: UnsafeMutablePointer<AtomCursor>, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>,
    _ count: Int
  ) {
    for i in 0..<count {
      let five = attributes + i &* 5
      guard let from = five[3], let to = five[4] else { continue }
      if to - from > XMLLimits.text {
        cursor.pointee.reader._withUnsafeGuaranteedRef { $0.failLong() }
        return
      }
      if five[0] == cursor.pointee.nullName, five[2] == cursor.pointee.metadataSpace {
        cursor.pointee.isNull = from[0] == UInt8(ascii: "t") || from[0] == UInt8(ascii: "1")
      }
    }
  }

  private static let characters: charactersSAXFunc = { context, bytes, count in
    let cursor = context.unsafelyUnwrapped.assumingMemoryBound(to: AtomCursor.self)
    guard cursor.pointee.slot != nil, let bytes else { return }
    let end = cursor.pointee.textCount &+ Int(count)
    if end > cursor.pointee.textCapacity {
      guard cursor.pointee.reader._withUnsafeGuaranteedRef({ $0.growText(end) }) else { return }
    }
    memcpy(cursor.pointee.text + cursor.pointee.textCount, bytes, Int(count))
    cursor.pointee.textCount = end
  }

  private static let end: endElementNsSAX2Func = { context, _, _, _ in
    let cursor = context.unsafelyUnwrapped.assumingMemoryBound(to: AtomCursor.self)
    let depth = cursor.pointee.depth
    cursor.pointee.depth = depth &- 1
    if depth == cursor.pointee.propertyDepth {
      guard let slot = cursor.pointee.slot else { return }
      cursor.pointee.slot = nil
      cursor.pointee.found &+= 1
      let length = cursor.pointee.isNull ? 0 : cursor.pointee.textCount
      if !ColumnSlot.append(cursor.pointee.text, length, to: slot) {
        cursor.pointee.reader._withUnsafeGuaranteedRef { $0.failCell() }
      }
    } else if depth &+ 1 == cursor.pointee.propertyDepth {
      cursor.pointee.propertyDepth = -1
      if cursor.pointee.found != cursor.pointee.wanted {
        cursor.pointee.reader._withUnsafeGuaranteedRef { $0.fillAbsent() }
      }
      cursor.pointee.rows &+= 1
    }
  }

  // MARK: What seldom happens

  /// An element that is not a property at its expected depth.
  private func startOther(
    _ name: UnsafePointer<xmlChar>?, _ space: UnsafePointer<xmlChar>?,
    _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ attributeCount: Int
  ) {
    let depth = cursor.pointee.depth
    if depth > XMLLimits.depth {
      input.fail("elements stand more than \(XMLLimits.depth) deep inside each other")
    } else if cursor.pointee.propertyDepth < 0 {
      if name == cursor.pointee.propertiesName, space == cursor.pointee.metadataSpace {
        cursor.pointee.propertyDepth = depth + 1
        cursor.pointee.previous = -1
        cursor.pointee.found = 0
      } else if depth == 1 {
        root = text(name)
      } else if depth == 2, name == linkName, let name {
        let tag = XMLTag(name: name, space: space, attributeCount: attributeCount, attributes: attributes)
        if tag.attribute("rel") == "next" { nextLink = tag.attribute("href") ?? "" }
      }
    } else if cursor.pointee.slot != nil {
      input.fail("a property with elements inside, \"\(text(name))\", is not supported")
    }
  }

  /// The property `name` where another was expected: found among the known ones, or made known; and expected at this
  /// place from now on.
  private func property(
    _ name: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?
  ) -> UnsafeMutablePointer<AtomProperty>? {
    guard let place = place(of: name, prefix) else { return nil }
    let previous = cursor.pointee.previous
    if previous < 0 {
      cursor.pointee.first = place
    } else {
      cursor.pointee.properties[previous].following = place
    }
    return cursor.pointee.properties + place
  }

  /// The name of a property whose element is called `name`: the projection may have shortened it.
  private func property(named name: UnsafePointer<xmlChar>?) -> String {
    name.flatMap { projection.shortNames[$0]?.name } ?? text(name)
  }

  private func place(of name: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?) -> Int? {
    for i in 0..<propertyCount where cursor.pointee.properties[i].name == name { return i }
    // A short name stands for one with a prefix, which must be that of properties whose namespace the parser has told.
    let short = name.flatMap { projection.shortNames[$0] }
    if short == nil { prefixes.insert(text(prefix)) }
    let isProperty = short.map { prefixes.contains($0.prefix) } ?? true
    guard propertyCount < XMLLimits.names else {
      input.fail("the feed has more than \(XMLLimits.names) different properties")
      return nil
    }
    if propertyCount + 1 >= propertyCapacity {
      let fresh = UnsafeMutablePointer<AtomProperty>.allocate(capacity: propertyCapacity * 2)
      fresh.initialize(repeating: AtomProperty(), count: propertyCapacity * 2)
      fresh.update(from: cursor.pointee.properties, count: propertyCount)
      cursor.pointee.properties.deallocate()
      cursor.pointee.properties = fresh
      propertyCapacity *= 2
    }
    let slot = isProperty ? schema.index(of: property(named: name)).map { decoder.slot($0) } : nil
    cursor.pointee.properties[propertyCount] = AtomProperty(name: name, slot: slot, following: propertyCount + 1)
    propertyCount += 1
    return propertyCount - 1
  }

  /// Makes room for `count` bytes of text; false when that is too much.
  private func growText(_ count: Int) -> Bool {
    guard count <= XMLLimits.text else {
      failLong()
      return false
    }
    let wider = max(count, cursor.pointee.textCapacity * 2)
    let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: wider)
    fresh.update(from: cursor.pointee.text, count: cursor.pointee.textCount)
    cursor.pointee.text.deallocate()
    cursor.pointee.text = fresh
    cursor.pointee.textCapacity = wider
    return true
  }

  /// Fills the columns that the entry lacks.
  private func fillAbsent() {
    for i in 0..<schema.count where decoder.slot(i).pointee.count == cursor.pointee.rows {
      decoder.slot(i).pointee.appendMissing(.unspecified)
    }
  }

  private func failTwice(_ name: UnsafePointer<xmlChar>?) {
    input.fail("occurs twice in one entry", column: property(named: name))
  }

  private func failLong() {
    cursor.pointee.slot = nil
    input.fail(XMLLimits.longMessage)
  }

  private func failCell() {
    guard let trouble = decoder.takeTroubles().first else { return }
    let name = schema[trouble.column].name
    let breaks = trouble.bytes.count { $0 == 0x0A }
    let said = CellMessage.text(trouble, column: name, numbers: numbers)
    if let error = rejected.take(trouble, column: name, line: input.line - breaks, said) { input.fail(error) }
  }
}

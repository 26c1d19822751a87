import CLibXML2
import PipelineKit
import Tabular

/// Reads the records of one document into a ``BatchDecoder``.
///
/// The fields of a record are gathered until it ends, so that their order in the document does not matter; nothing else is
/// kept but the attributes and texts around the record that fields name.
final class XMLRecordReader: XMLReceiver {
  private struct Node {
    var name: UnsafePointer<xmlChar>?
    var children: [Int] = []
    var attributes: [(name: UnsafePointer<xmlChar>?, field: Int)] = []
    var text: Int?
  }

  /// A field of the plan: where its text goes, and what the record at hand has of it.
  private struct FieldState {
    let path: XMLFieldPath
    var slot: UnsafeMutablePointer<ColumnSlot>?
    let value = ByteBuffer(capacity: 64)
    var isSeen = false
    var line = 0
  }

  private let plan: XMLRecordPlan
  private let schema: Schema
  private let decoder: BatchDecoder
  private let cells: CellDialect
  private let joiner: [UInt8]
  private let input: XMLInput
  private let context: RunContext
  /// Whether elements and attributes of a record that the plan lacks are worth a warning.
  private let noticesOthers: Bool
  private var events: XMLEvents?

  private var fields: [FieldState]
  private var nodes: [Node] = [Node(name: nil)]
  /// Positions in `fields` by column of the schema, and of fields around the record.
  private var columns: [Int] = []
  private var outer: [Int] = []
  private var outerNames: [UnsafePointer<xmlChar>?] = []
  private var recordNames: [UnsafePointer<xmlChar>?] = []

  /// The open elements; by element, the values of the fields around the record that it states.
  private var open: [UnsafePointer<xmlChar>?] = []
  private var frames: [[[UInt8]?]] = []
  private var outerText: Int?
  /// The depth of the record at hand; 0 outside.
  private var recordDepth = 0
  private var inside: [Int] = []
  private var rows = 0
  private(set) var sawParent = false
  private(set) var rowsTotal = 0
  private let rowLimit: Int
  private(set) var root = ""

  init(
    plan: XMLRecordPlan, schema: Schema, cells: CellDialect, joiner: String, input: XMLInput, context: RunContext,
    noticesOthers: Bool, rowLimit: Int = .max
  ) throws(SourceError) {
    self.plan = plan
    self.schema = schema
    self.cells = cells
    self.joiner = Array(joiner.utf8)
    self.input = input
    self.context = context
    self.noticesOthers = noticesOthers
    self.rowLimit = rowLimit
    do { decoder = try BatchDecoder(schema: schema, dialect: cells) } catch {
      throw SourceError(file: input.path, error.description)
    }
    fields = []
    for field in plan.fields {
      fields.append(FieldState(path: field.path, slot: schema.index(of: field.name).map { decoder.slot($0) }))
    }
    for name in schema.names {
      guard let place = plan.fields.firstIndex(where: { $0.name == name }) else {
        throw SourceError(file: input.path, column: name, "is not among the fields of the records")
      }
      columns.append(place)
    }
    for (i, field) in fields.enumerated() where field.path.up > 0 && field.slot != nil { outer.append(i) }
  }

  /// Reads the document and hands on its batches.
  func read(into receive: (Batch) -> ReadControl) throws(SourceError) {
    withoutActuallyEscaping(receive) { receive in
      input.beforeRead = { [unowned self] in
        if self.rows >= self.decoder.batchRows, self.handOn(receive) == .stop { self.input.stop() }
      }
      let events = XMLEvents(input, self)
      self.events = events
      events.parse()
      self.events = nil
      input.beforeRead = {}
    }
    if let failure = input.failure { throw failure }
    if rows > 0, !input.isStopped || rowsTotal >= rowLimit { _ = handOn(receive) }
  }

  private func handOn(_ receive: (Batch) -> ReadControl) -> ReadControl {
    let table = decoder.take(rows: rows)
    context.count(read: rows)
    rows = 0
    return receive(Batch(table))
  }

  // MARK: Events

  func begin(_ parser: xmlParserCtxtPtr) {
    recordNames = plan.records.names.map { interned($0, in: parser) }
    for (i, field) in fields.enumerated() where field.path.up == 0 {
      var node = 0
      for step in field.path.steps {
        let name = interned(step, in: parser)
        if let known = nodes[node].children.first(where: { nodes[$0].name == name }) {
          node = known
        } else {
          nodes.append(Node(name: name))
          nodes[node].children.append(nodes.count - 1)
          node = nodes.count - 1
        }
      }
      if let attribute = field.path.attribute {
        nodes[node].attributes.append((interned(attribute, in: parser), i))
      } else {
        nodes[node].text = i
      }
    }
    outerNames = outer.map { interned(fields[$0].path.attribute ?? fields[$0].path.steps[0], in: parser) }
  }

  func open(_ tag: XMLTag) {
    open.append(tag.name)
    if recordDepth > 0 {
      openInside(tag)
    } else if isRecord {
      recordDepth = open.count
      sawParent = true
      inside.append(0)
      enter(0, tag)
    } else {
      openOutside(tag)
    }
  }

  private var isRecord: Bool {
    let count = recordNames.count
    guard open.count == count || !plan.records.isFromRoot && open.count > count else { return false }
    return open.suffix(count).elementsEqual(recordNames)
  }

  private func openOutside(_ tag: XMLTag) {
    if open.count == 1 { root = SourceAdapters.text(tag.name) }
    if !sawParent, recordNames.count > 1 {
      let wanted = recordNames.dropLast()
      sawParent =
        (open.count == wanted.count || !plan.records.isFromRoot && open.count > wanted.count)
        && open.suffix(wanted.count).elementsEqual(wanted)
    }
    var values: [[UInt8]?] = []
    if !outer.isEmpty {
      values = [[UInt8]?](repeating: nil, count: outer.count)
      for i in 0..<tag.attributeCount {
        for (k, field) in outer.enumerated()
        where fields[field].path.attribute != nil && outerNames[k] == tag.attributeName(i) {
          values[k] = Array(tag.attributeValue(i))
        }
      }
      outerText = outer.indices.first { fields[outer[$0]].path.attribute == nil && outerNames[$0] == tag.name }
      if let outerText { fields[outer[outerText]].value.removeAll() }
    }
    frames.append(values)
  }

  private func openInside(_ tag: XMLTag) {
    if !plan.records.isFromRoot, isRecord {
      input.fail(
        "a record \"\(SourceAdapters.text(tag.name))\" stands inside another; give records as a path from the root")
      return
    }
    guard let node = inside.last, node >= 0 else {
      inside.append(-1)
      return
    }
    guard let child = nodes[node].children.first(where: { nodes[$0].name == tag.name }) else {
      if noticesOthers { notice("the element \"\(SourceAdapters.text(tag.name))\"") }
      inside.append(-1)
      return
    }
    inside.append(child)
    enter(child, tag)
  }

  /// Takes the attributes of a known element, and gets ready for its text.
  private func enter(_ node: Int, _ tag: XMLTag) {
    for i in 0..<tag.attributeCount {
      guard let field = nodes[node].attributes.first(where: { $0.name == tag.attributeName(i) })?.field else {
        if noticesOthers, SourceAdapters.text(tag.attributeSpace(i)) != XMLOutline.xsi {
          notice("the attribute \"\(SourceAdapters.text(tag.attributeName(i)))\"")
        }
        continue
      }
      if start(field) { append(tag.attributeValue(i), to: field) }
    }
    if let field = nodes[node].text { _ = start(field) }
  }

  /// Gets a field ready for a value; false when it is not wanted, or twice in the record.
  private func start(_ field: Int) -> Bool {
    guard fields[field].slot != nil else { return false }
    if fields[field].isSeen {
      guard !joiner.isEmpty else {
        input.fail(
          "occurs twice in one record; set join_repeated: \"|\" to read all its values as one text, or give records as the "
            + "path of the inner element", column: plan.fields[field].name)
        return false
      }
      joiner.withUnsafeBufferPointer { append($0, to: field) }
      return true
    }
    fields[field].isSeen = true
    fields[field].line = input.line
    return true
  }

  private func append(_ bytes: UnsafeBufferPointer<UInt8>, to field: Int) {
    guard fields[field].value.count + bytes.count <= XMLLimits.text else {
      events?.failLong()
      return
    }
    fields[field].value.append(bytes)
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    if recordDepth > 0 {
      guard let node = inside.last, node >= 0 else { return }
      if let field = nodes[node].text {
        if fields[field].slot != nil { append(bytes, to: field) }
      } else if noticesOthers, bytes.contains(where: { $0 > 0x20 }) {
        notice("text in the element \"\(SourceAdapters.text(open.last ?? nil))\"")
      }
    } else if let outerText {
      append(bytes, to: outer[outerText])
    }
  }

  func close(_ name: UnsafePointer<xmlChar>) {
    if input.isStopped { return }
    if recordDepth == open.count, recordDepth > 0 {
      emit()
      inside.removeAll(keepingCapacity: true)
      recordDepth = 0
    } else if recordDepth > 0 {
      inside.removeLast()
    } else {
      frames.removeLast()
      if let outerText, !frames.isEmpty {
        frames[frames.count - 1][outerText] = Array(fields[outer[outerText]].value.bytes)
      }
      outerText = nil
    }
    open.removeLast()
  }

  // MARK: Rows

  private func emit() {
    for (k, field) in outer.enumerated() {
      let frame = recordDepth - 1 - fields[field].path.up
      fields[field].value.removeAll()
      if frame >= 0, let value = frames[frame][k] {
        fields[field].isSeen = true
        fields[field].line = input.line
        value.withUnsafeBufferPointer { append($0, to: field) }
      }
    }
    for column in columns.indices {
      let field = columns[column]
      let slot = decoder.slot(column)
      if !fields[field].isSeen {
        slot.pointee.appendMissing(.unspecified)
      } else {
        let bytes = cells.trimsText ? Self.trimmed(fields[field].value.bytes) : fields[field].value.bytes
        if let start = bytes.baseAddress, !ColumnSlot.append(start, bytes.count, to: slot) {
          failCell(line: fields[field].line)
        }
      }
    }
    for field in columns {
      fields[field].isSeen = false
      fields[field].value.removeAll()
    }
    rows += 1
    rowsTotal += 1
    if rowsTotal >= rowLimit { input.stop() }
  }

  /// The bytes without white space, line ends too, at both ends.
  private static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var rest = bytes[...]
    while let last = rest.last, last <= 0x20 { rest.removeLast() }
    while let first = rest.first, first <= 0x20 { rest.removeFirst() }
    return UnsafeBufferPointer(rebasing: rest)
  }

  private func failCell(line: Int) {
    guard let trouble = decoder.trouble else { return }
    let name = schema[trouble.column].name
    input.fail(
      SourceError(
        file: input.path, line: line, column: name, CellMessage.text(trouble, column: name, numbers: cells.numbers)))
  }

  private var noticed = false

  /// Warns of the first thing in a record that no field reads.
  private func notice(_ what: String) {
    if noticed { return }
    noticed = true
    context.warn(
      "\(input.path):\(input.line): \(what) is not in the first records and is left out; name it under \"fields\"")
  }
}

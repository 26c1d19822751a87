import CLibXML2
import PipelineKit
import Tabular

/// The head of an Atom feed: what it is, and what its first entries show of each property.
final class AtomSample {
  /// The root element's name.
  private(set) var root = ""
  /// The text of the feed's `id`.
  private(set) var feedID = ""
  /// The feed's `xml:base`.
  private(set) var base = ""
  /// The text of the feed's `updated`.
  private(set) var updated = ""
  /// The first entry's category, for example `Cbs.OData.TData`.
  private(set) var category = ""
  /// The properties, in order of first appearance.
  private(set) var columns: [ColumnFinding] = []
  /// Whether the head ends before the document does.
  private(set) var isCut = false
  /// Complete entries with properties.
  private(set) var entries = 0

  private var positions: [String: Int] = [:]
  private var names: [String] = []
  private var spaces: [String] = []
  private var value: [UInt8] = []
  private var type = ""
  private var isNull = false
  private var isCollecting = false
  private let entryLimit: Int
  private let input: XMLInput
  private let rules: SampleRules

  /// Reads the first bytes of a feed.
  ///
  /// With `isWhole` they are all of it.
  /// - Throws: ``SourceError`` when the document is not well-formed, other than by ending early.
  init(_ head: [UInt8], path: String, isWhole: Bool, rules: SampleRules, entryLimit: Int = 1000) throws(SourceError) {
    self.entryLimit = entryLimit
    self.rules = rules
    var rest = head[...]
    input = XMLInput(path: path, isHead: !isWhole) { buffer in
      let count = min(buffer.count, rest.count)
      buffer.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return count
    }
    var handler = xmlSAXHandler()
    handler.startElementNs = { context, name, _, space, _, _, count, _, attributes in
      AtomSample.with(context) { $0.start(text(name), text(space), Int(count), attributes) }
    }
    handler.endElementNs = { context, _, _, _ in AtomSample.with(context) { $0.end() } }
    handler.characters = { context, bytes, count in
      AtomSample.with(context) { $0.characters(UnsafeBufferPointer(start: bytes, count: Int(count))) }
    }
    handler.cdataBlock = handler.characters
    handler.internalSubset = { context, _, _, _ in
      AtomSample.with(context) { $0.input.fail(AtomReader.doctypeMessage) }
    }
    handler.serror = { context, error in
      AtomSample.with(context) { sample in
        if let error, error.pointee.level.rawValue >= XML_ERR_ERROR.rawValue { sample.input.noteMalformed(error) }
      }
    }
    input.parse(handler, Unmanaged.passUnretained(self).toOpaque()) { _ in }
    isCut = input.failure != nil && !isWhole && input.isAtEnd
    if let failure = input.failure, !isCut { throw failure }
  }

  private static func with(_ context: UnsafeMutableRawPointer?, _ body: (AtomSample) -> Void) {
    guard let context else { return }
    Unmanaged<AtomSample>.fromOpaque(context)._withUnsafeGuaranteedRef(body)
  }

  /// The identifier of the table: the last but one part of the feed's id, else the last of its base.
  var table: String {
    let parts = feedID.split(separator: "/")
    if parts.count >= 4 { return String(parts[parts.count - 2]) }
    let baseParts = base.split(separator: "/")
    return baseParts.count >= 3 ? String(baseParts[baseParts.count - 1]) : ""
  }

  /// The entity set: the last part of the feed's id, for example `TypedDataSet`.
  var entitySet: String { feedID.split(separator: "/").last.map(String.init) ?? "" }

  /// Whether the feed is one of a data set, not of its metadata.
  var isDataset: Bool {
    entitySet.hasSuffix("TypedDataSet") || entitySet.hasSuffix("UntypedDataSet") || category.hasSuffix("TData")
      || category.hasSuffix("UData") || columns.contains { CBSColumnName.isTopic($0.name) }
  }

  /// Whether the feed is an untyped data set: by its name, its category, or numbers padded to eight characters.
  var isUntyped: Bool {
    if entitySet.hasSuffix("UntypedDataSet") || category.hasSuffix("UData") { return true }
    if entitySet.hasSuffix("TypedDataSet") || category.hasSuffix("TData") { return false }
    return columns.contains { $0.statedType == nil && $0.evidence.isUntyped }
  }

  // MARK: Events

  private func start(
    _ name: String, _ space: String, _ count: Int,
    _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
  ) {
    if names.count >= XMLLimits.depth {
      input.fail("elements stand more than \(XMLLimits.depth) deep inside each other")
      return
    }
    if names.isEmpty {
      root = name
      if space == "\(AtomNamespace.application)" { root = "service" }
    }
    names.append(name)
    spaces.append(space)
    value = []
    isNull = false
    var type = ""
    for i in 0..<count {
      guard let attributes, let from = attributes[i * 5 + 3], let to = attributes[i * 5 + 4] else { continue }
      let key = text(attributes[i * 5])
      let content = String(decoding: UnsafeBufferPointer(start: from, count: to - from), as: UTF8.self)
      switch (key, text(attributes[i * 5 + 2])) {
      case ("base", _) where names.count == 1: base = content
      case ("term", _) where name == "category" && category.isEmpty && names.count == 3: category = content
      case ("type", "\(AtomNamespace.metadata)"): type = content
      case ("null", "\(AtomNamespace.metadata)"): isNull = content == "true" || content == "1"
      default: break
      }
    }
    isCollecting = isProperty || (names.count == 2 && (name == "id" || name == "updated"))
    self.type = type
  }

  /// Whether the innermost element is a property.
  private var isProperty: Bool {
    let n = names.count
    return n >= 2 && spaces[n - 1] == "\(AtomNamespace.data)" && names[n - 2] == "properties"
      && spaces[n - 2] == "\(AtomNamespace.metadata)"
  }

  /// Makes the property known, at its end: the last one of a head that breaks off has but part of its name.
  private func note(_ name: String) {
    if positions[name] == nil {
      guard columns.count < XMLLimits.names else {
        input.fail("the feed has more than \(XMLLimits.names) different properties")
        return
      }
      positions[name] = columns.count
      columns.append(ColumnFinding(name: name))
    }
    guard let place = positions[name] else { return }
    switch type {
    case "Edm.Int32", "Edm.Int16", "Edm.Int64", "Edm.Byte", "Edm.SByte":
      if columns[place].statedType == nil { columns[place].statedType = .int64 }
    case "Edm.Double", "Edm.Single", "Edm.Decimal": columns[place].statedType = .float64
    default: break
    }
  }

  private func characters(_ bytes: UnsafeBufferPointer<xmlChar>) {
    guard isCollecting else { return }
    if value.count + bytes.count > XMLLimits.text { input.fail(XMLLimits.longMessage) } else { value += bytes }
  }

  private func end() {
    if isProperty, let name = names.last {
      note(name)
      if let place = positions[name], !isNull {
        value.withUnsafeBufferPointer { columns[place].evidence.add($0, rules) }
      }
    } else if names.last == "properties", spaces.last == "\(AtomNamespace.metadata)" {
      entries += 1
      if entries >= entryLimit { input.stop() }
    } else if names.count == 2, names[1] == "id" {
      feedID = String(decoding: value, as: UTF8.self)
    } else if names.count == 2, names[1] == "updated" {
      updated = String(decoding: value, as: UTF8.self)
    }
    isCollecting = false
    if !names.isEmpty {
      names.removeLast()
      spaces.removeLast()
    }
  }
}

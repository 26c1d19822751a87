import CLibXML2
import Glibc
import PipelineKit
import Tabular

/// The cells that are in force while a message is read: by concept, at the level of data set, group, series, observation.
///
/// The innermost level that states a concept counts.
final class SDMXCells {
  /// How far a cell reaches.
  enum Level: Int, Comparable {
    case dataSet, group, series, observation
    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// One concept of the message.
  struct Concept {
    let id: String
    let bytes: [UInt8]
    /// Whether it came in a key.
    var isKey: Bool
    /// The innermost level at which it was seen.
    var level: Level
    var values: [ByteBuffer]
    var isSet: [Bool] = [false, false, false, false]
  }

  private(set) var concepts: [Concept] = []
  private var set: [[Int]] = [[], [], [], []]
  private var expected = 0

  /// The place of the concept with that name, made known when it is new; nil when there are too many.
  func place(_ id: UnsafeBufferPointer<UInt8>, isKey: Bool, _ level: Level) -> Int? {
    let next = expected < concepts.count ? expected : 0
    if next < concepts.count, Self.equal(concepts[next].bytes, id) {
      expected = next + 1
      if concepts[next].level < level { concepts[next].level = level }
      return next
    }
    for i in concepts.indices where Self.equal(concepts[i].bytes, id) {
      expected = i + 1
      if concepts[i].level < level { concepts[i].level = level }
      return i
    }
    guard concepts.count < XMLLimits.names else { return nil }
    concepts.append(
      Concept(
        id: String(decoding: id, as: UTF8.self), bytes: Array(id), isKey: isKey, level: level,
        values: (0..<4).map { _ in ByteBuffer(capacity: 32) }))
    return concepts.count - 1
  }

  private static func equal(_ a: [UInt8], _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    return a.withUnsafeBufferPointer { $0.elementsEqual(b) }
  }

  /// States a cell; false when the level has one of that concept already.
  func put(_ value: UnsafeBufferPointer<UInt8>, at place: Int, _ level: Level) -> Bool {
    let k = level.rawValue
    if concepts[place].isSet[k] { return false }
    concepts[place].isSet[k] = true
    concepts[place].values[k].removeAll()
    concepts[place].values[k].append(value)
    set[k].append(place)
    return true
  }

  /// Notes that a concept is part of a key.
  func markKey(_ place: Int) { concepts[place].isKey = true }

  /// Forgets the cells of a level.
  func clear(_ level: Level) {
    let k = level.rawValue
    for place in set[k] { concepts[place].isSet[k] = false }
    set[k].removeAll(keepingCapacity: true)
  }

  /// The cell of a concept, or nil.
  func value(_ place: Int) -> UnsafeBufferPointer<UInt8>? {
    for k in stride(from: 3, through: 0, by: -1) where concepts[place].isSet[k] {
      return concepts[place].values[k].bytes
    }
    return nil
  }

  /// The concepts that a level states.
  func places(_ level: Level) -> [Int] { set[level.rawValue] }

  /// The cell of a concept at one level.
  func value(_ place: Int, _ level: Level) -> UnsafeBufferPointer<UInt8> {
    concepts[place].values[level.rawValue].bytes
  }
}

/// Reads a data message, generic or structure-specific, and calls back at every observation.
final class SDMXReader: XMLReceiver {
  /// Attributes of groups of series, by the dimensions that make up the groups' keys.
  private struct GroupSet {
    let dimensions: [Int]
    var attributes: [[UInt8]: [(place: Int, value: [UInt8])]] = [:]
  }

  static let groupLimit = 1 << 18

  let cells = SDMXCells()
  var header: SDMXHeader { outside.header }
  /// Whether a data set was seen, and how many observations.
  private(set) var sawDataSet = false
  private(set) var observations = 0
  let input: XMLInput
  /// Called at the end of every observation, with the line; the cells in force are in ``cells``.
  var observe: (Int) -> Void = { _ in }

  private var events: XMLEvents?
  private var outside = SDMXHeaderReader()
  private var isGeneric = false
  private var names: [UnsafePointer<xmlChar>?] = []
  /// The depth of the data set that is open; 0 outside.
  private var dataSetDepth = 0
  private var level = SDMXCells.Level.dataSet
  private var isInKey = false
  private var dimensionAtObservation = ""
  private var groups: [GroupSet] = []
  private var groupCount = 0
  private var groupKey: [Int] = []
  private let dimensions: Set<String>

  /// A reader of `input`; `dimensions` are those of the structure file, empty when there is none.
  init(_ input: XMLInput, dimensions: Set<String>) {
    self.input = input
    self.dimensions = dimensions
  }

  /// Reads the message to its end, an error or a stop.
  func parse() {
    events = XMLEvents(input, self)
    events?.parse()
    events = nil
  }

  private enum Name: Int, CaseIterable {
    case dataSet, series, obs, group, seriesKey, obsKey, groupKey, obsDimension, obsValue, attributes, value
    case id, valueAttribute
    var text: String {
      switch self {
      case .dataSet: "DataSet"
      case .series: "Series"
      case .obs: "Obs"
      case .group: "Group"
      case .seriesKey: "SeriesKey"
      case .obsKey: "ObsKey"
      case .groupKey: "GroupKey"
      case .obsDimension: "ObsDimension"
      case .obsValue: "ObsValue"
      case .attributes: "Attributes"
      case .value: "Value"
      case .id: "id"
      case .valueAttribute: "value"
      }
    }
  }

  func begin(_ parser: xmlParserCtxtPtr) { names = Name.allCases.map { interned($0.text, in: parser) } }

  private func isName(_ name: UnsafePointer<xmlChar>?, _ other: Name) -> Bool { names[other.rawValue] == name }

  private var doubt: SourceError?

  func open(_ tag: XMLTag) {
    if let doubt { return input.fail(doubt) }
    let depth = events?.depth ?? 0
    if dataSetDepth > 0 {
      openInside(tag, depth - dataSetDepth)
    } else if depth == 2, isName(tag.name, .dataSet) {
      openDataSet(tag)
    } else {
      outside.open(tag)
      if depth == 1 { isGeneric = header.root.hasPrefix("Generic") }
    }
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) { if dataSetDepth == 0 { outside.text(bytes) } }

  private func openDataSet(_ tag: XMLTag) {
    dataSetDepth = 2
    sawDataSet = true
    if let action = tag.attribute("action"), action == "Delete" {
      input.fail("a data set with action \"Delete\" withdraws observations; it holds no data to read")
      return
    }
    let structure = tag.attribute("structureRef") ?? ""
    dimensionAtObservation = header.dimension(of: structure)
    groups = []
    groupCount = 0
    level = .dataSet
    for level in [SDMXCells.Level.dataSet, .group, .series, .observation] { cells.clear(level) }
    if !isGeneric { putAttributes(tag, .dataSet, isOwn: false) }
  }

  private func openInside(_ tag: XMLTag, _ depth: Int) {
    let name = tag.name
    if isName(name, .series) || isName(name, .group), depth == 1 {
      level = isName(name, .series) ? .series : .group
      cells.clear(.series)
      cells.clear(.group)
      if !isGeneric { putAttributes(tag, level, isOwn: true) }
      if level == .series, !isGeneric { applyGroups() }
    } else if isName(name, .obs), depth <= 2 {
      level = .observation
      cells.clear(.observation)
      if !isGeneric { putAttributes(tag, .observation, isOwn: true) }
    } else if isGeneric {
      openGeneric(tag)
    }
  }

  private func openGeneric(_ tag: XMLTag) {
    let name = tag.name
    if isName(name, .value) {
      var id: UnsafeBufferPointer<UInt8>?
      var value = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
      for i in 0..<tag.attributeCount {
        if isName(tag.attributeName(i), .id) { id = tag.attributeValue(i) }
        if isName(tag.attributeName(i), .valueAttribute) { value = tag.attributeValue(i) }
      }
      guard let id, id.count > 0 else {
        // A tag that the end of the file cuts off comes without its attributes; the next event tells which it is.
        doubt = SourceError(file: input.path, line: input.line, "a Value without id")
        return
      }
      put(id, value, level, isKey: isInKey)
      if level == .group, isInKey, let last = cells.places(.group).last { groupKey.append(last) }
    } else if isName(name, .obsDimension) || isName(name, .obsValue) {
      let isValue = isName(name, .obsValue)
      var value: UnsafeBufferPointer<UInt8>?
      for i in 0..<tag.attributeCount where isName(tag.attributeName(i), .valueAttribute) {
        value = tag.attributeValue(i)
      }
      guard let value else { return }
      var id = isValue ? "OBS_VALUE" : tag.attribute("id") ?? dimensionAtObservation
      id.withUTF8 { put($0, value, .observation, isKey: !isValue) }
    } else if isName(name, .seriesKey) || isName(name, .obsKey) || isName(name, .groupKey) {
      isInKey = true
      groupKey = []
    }
  }

  /// The attributes of a structure-specific element; those in a namespace are the format's own.
  private func putAttributes(_ tag: XMLTag, _ level: SDMXCells.Level, isOwn: Bool) {
    for i in 0..<tag.attributeCount where tag.attributeSpace(i) == nil {
      guard let name = tag.attributeName(i) else { continue }
      let id = UnsafeBufferPointer<UInt8>(
        start: name, count: strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)))
      if !isOwn,
        ["structureRef", "action", "setID", "dataScope", "REPORTING_YEAR_START_DAY"].contains(SourceAdapters.text(name))
      {
        continue
      }
      put(id, tag.attributeValue(i), level, isKey: false)
    }
  }

  private func put(
    _ id: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, _ level: SDMXCells.Level, isKey: Bool
  ) {
    guard let place = cells.place(id, isKey: isKey, level) else {
      input.fail("the message has more than \(XMLLimits.names) different concepts")
      return
    }
    if isKey { cells.markKey(place) }
    if !cells.put(value, at: place, level) {
      input.fail(
        "occurs twice in one \(level == .observation ? "observation" : "series")", column: cells.concepts[place].id)
    }
  }

  func close(_ name: UnsafePointer<xmlChar>) {
    if input.isStopped { return }
    if let doubt { return input.fail(doubt) }
    let depth = (events?.depth ?? 0) - dataSetDepth
    if dataSetDepth == 0 {
      outside.close()
    } else if depth == 0 {
      dataSetDepth = 0
    } else if isName(name, .obs), depth <= 2 {
      observations += 1
      observe(input.line)
      cells.clear(.observation)
      level = depth == 2 ? .series : .dataSet
    } else if depth == 1 {
      if level == .group { keepGroup() }
      cells.clear(.series)
      cells.clear(.group)
      level = .dataSet
    } else if isName(name, .seriesKey) || isName(name, .obsKey) || isName(name, .groupKey) {
      isInKey = false
      if isName(name, .seriesKey) { applyGroups() }
    }
  }

  // MARK: Groups

  /// Keeps the attributes of the group that ends.
  private func keepGroup() {
    let stated = cells.places(.group)
    // Without a structure file, what a structure-specific group shares with no list of attributes is its key.
    let key = isGeneric ? groupKey : stated.filter { isDimension(cells.concepts[$0].id) }
    let attributes = stated.filter { !key.contains($0) }.map { (place: $0, value: Array(cells.value($0, .group))) }
    groupKey = []
    guard !attributes.isEmpty else { return }
    groupCount += 1
    guard groupCount <= Self.groupLimit else {
      input.fail("the data set has more than \(Self.groupLimit) groups")
      return
    }
    let dimensions = key.sorted()
    var text: [UInt8] = []
    for place in dimensions { text += Array(cells.value(place, .group)) + [0] }
    let known = groups.firstIndex { $0.dimensions == dimensions }
    if known == nil { groups.append(GroupSet(dimensions: dimensions)) }
    groups[known ?? groups.count - 1].attributes[text, default: []] += attributes
  }

  private func isDimension(_ id: String) -> Bool {
    dimensions.isEmpty ? !SDMXNames.attributes.contains(id.uppercased()) : dimensions.contains(id)
  }

  /// Gives the series at hand the attributes of its groups.
  private func applyGroups() {
    for group in groups {
      var key: [UInt8] = []
      for place in group.dimensions {
        key += Array(cells.value(place) ?? UnsafeBufferPointer(start: nil, count: 0)) + [0]
      }
      for (place, value) in group.attributes[key] ?? [] {
        value.withUnsafeBufferPointer { _ = cells.put($0, at: place, .group) }
      }
    }
  }
}

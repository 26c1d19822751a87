import CLibXML2
import PipelineKit

/// What an SDMX structure message says: code lists, concepts, and the components of data structures.
struct SDMXStructure: Sendable {
  /// A code or a concept.
  struct Item: Sendable, Equatable {
    var id: String
    var name = ""
    var parent = ""
  }

  /// A code list or a scheme of concepts.
  struct ItemList: Sendable, Equatable {
    var id: String
    var name = ""
    var items: [Item] = []
  }

  /// What a component is for.
  enum Kind: String, Sendable, Equatable {
    case dimension
    case timeDimension = "time_dimension"
    case measure
    case attribute
  }

  /// A column of a data structure.
  struct Component: Sendable, Equatable {
    var id: String
    var kind: Kind
    /// The identifiers of its concept and of its code list; empty for none.
    var concept = ""
    var codelist = ""
  }

  /// A data structure: the columns of a data set.
  struct DataStructure: Sendable, Equatable {
    var id: String
    var name = ""
    var components: [Component] = []
  }

  var codelists: [ItemList] = []
  var schemes: [ItemList] = []
  var structures: [DataStructure] = []
  /// The root element's name.
  var root = ""

  /// The name of a component: its concept's.
  func name(of component: Component) -> String {
    for scheme in schemes {
      if let item = scheme.items.first(where: { $0.id == component.concept }) { return item.name }
    }
    return ""
  }

  /// Labels by code of the list `id`; empty when the list holds no codes.
  func labels(_ id: String) -> [[UInt8]: [UInt8]] {
    var labels: [[UInt8]: [UInt8]] = [:]
    for item in codelists.first(where: { $0.id == id && !$0.items.isEmpty })?.items ?? [] {
      labels[Array(item.id.utf8)] = Array((item.name.isEmpty ? item.id : item.name).utf8)
    }
    return labels
  }
}

/// Reads a structure message into a ``SDMXStructure``.
final class SDMXStructureReader: XMLReceiver {
  private(set) var structure = SDMXStructure()
  private let language: String
  private let input: XMLInput
  private var events: XMLEvents?
  private var path: [String] = []
  private var value: [UInt8] = []
  private var isCollecting = false
  /// The language of the name that each kind of thing has so far, and of the one being read.
  private var named: [String: String] = [:]
  private var spoken = ""
  /// The depth of the codes and concepts that are open; codes may stand inside each other.
  private var items: [Int] = []

  /// Reads all of `input`; names are in `language`, or else in the first language that there is.
  init(_ input: XMLInput, language: String) throws(SourceError) {
    self.input = input
    self.language = language
    events = XMLEvents(input, self)
    events?.parse()
    events = nil
    if let failure = input.failure { throw failure }
  }

  func begin(_ parser: xmlParserCtxtPtr) {}

  func open(_ tag: XMLTag) {
    let name = SourceAdapters.text(tag.name)
    if path.isEmpty { structure.root = name }
    let parent = path.last ?? ""
    path.append(name)
    isCollecting = false
    switch name {
    case "Codelist", "ValueList", "GeoCodelist":
      structure.codelists.append(.init(id: tag.attribute("id") ?? ""))
      named = [:]
    case "ConceptScheme":
      structure.schemes.append(.init(id: tag.attribute("id") ?? ""))
      named = [:]
    case "Code", "ValueItem", "GeoFeatureSetCode":
      guard !structure.codelists.isEmpty else { return }
      let outer = items.last.map { structure.codelists[structure.codelists.count - 1].items[$0].id } ?? ""
      structure.codelists[structure.codelists.count - 1].items.append(
        .init(id: tag.attribute("id") ?? "", parent: outer))
      items.append(structure.codelists[structure.codelists.count - 1].items.count - 1)
      named["item"] = nil
    case "Concept" where path.contains("ConceptScheme"):
      structure.schemes[structure.schemes.count - 1].items.append(.init(id: tag.attribute("id") ?? ""))
      items.append(structure.schemes[structure.schemes.count - 1].items.count - 1)
      named["item"] = nil
    case "DataStructure" where parent == "DataStructures":
      structure.structures.append(.init(id: tag.attribute("id") ?? ""))
      named = [:]
    case "Dimension" where parent == "DimensionList", "MeasureDimension" where parent == "DimensionList":
      add(.dimension, tag)
    case "TimeDimension" where parent == "DimensionList": add(.timeDimension, tag)
    case "Attribute" where parent == "AttributeList": add(.attribute, tag)
    case "PrimaryMeasure" where parent == "MeasureList", "Measure" where parent == "MeasureList": add(.measure, tag)
    case "Ref": refer(tag.attribute("id") ?? "", isURN: false)
    case "URN", "ConceptIdentity", "Enumeration", "Parent": collect()
    case "Name":
      spoken = tag.attribute("lang") ?? ""
      collect()
    default: break
    }
  }

  private func collect() {
    value = []
    isCollecting = true
  }

  private func add(_ kind: SDMXStructure.Kind, _ tag: XMLTag) {
    guard !structure.structures.isEmpty else { return }
    structure.structures[structure.structures.count - 1].components.append(
      .init(id: tag.attribute("id") ?? "", kind: kind))
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard isCollecting else { return }
    if value.count + bytes.count > XMLLimits.text { events?.failLong() } else { value += bytes }
  }

  func close(_ name: UnsafePointer<xmlChar>) {
    let name = path.popLast() ?? ""
    let text = String(decoding: value, as: UTF8.self).trimmed
    switch name {
    case "Name" where isCollecting: take(name: text)
    case "URN" where isCollecting: refer(text, isURN: true)
    case "ConceptIdentity" where isCollecting && !text.isEmpty, "Enumeration" where isCollecting && !text.isEmpty:
      path.append(name)
      refer(text, isURN: true)
      path.removeLast()
    case "Parent" where isCollecting && !text.isEmpty && !items.isEmpty: parent(text)
    case "Code", "ValueItem", "GeoFeatureSetCode", "Concept": _ = items.popLast()
    default: break
    }
    isCollecting = false
    value = []
  }

  /// A reference of the component, code or concept at hand.
  private func refer(_ text: String, isURN: Bool) {
    let last = structure.structures.count - 1
    if path.contains("ConceptIdentity"), last >= 0, !structure.structures[last].components.isEmpty {
      let id = isURN ? Self.concept(text) : text
      let component = structure.structures[last].components.count - 1
      structure.structures[last].components[component].concept = id
      if structure.structures[last].components[component].id.isEmpty {
        structure.structures[last].components[component].id = id
      }
    } else if path.contains("Enumeration"), last >= 0, path.contains("DataStructure"),
      !structure.structures[last].components.isEmpty
    {
      structure.structures[last].components[structure.structures[last].components.count - 1].codelist =
        isURN ? Self.maintainable(text) : text
    } else if path.contains("Parent"), !isURN, !items.isEmpty {
      parent(text)
    }
  }

  private func parent(_ id: String) {
    guard let item = items.last else { return }
    let last = structure.codelists.count - 1
    if path.contains("ConceptScheme") {
      structure.schemes[structure.schemes.count - 1].items[item].parent = id
    } else if last >= 0, item < structure.codelists[last].items.count {
      structure.codelists[last].items[item].parent = id
    }
  }

  private func take(name: String) {
    let last = path.last ?? ""
    let what = items.isEmpty ? last : "item"
    if let known = named[what], known == language || spoken != language { return }
    switch last {
    case "Codelist", "ValueList", "GeoCodelist": structure.codelists[structure.codelists.count - 1].name = name
    case "ConceptScheme": structure.schemes[structure.schemes.count - 1].name = name
    case "DataStructure" where !structure.structures.isEmpty:
      structure.structures[structure.structures.count - 1].name = name
    case "Code", "ValueItem", "GeoFeatureSetCode":
      if let item = items.last { structure.codelists[structure.codelists.count - 1].items[item].name = name }
    case "Concept":
      if let item = items.last, path.contains("ConceptScheme") {
        structure.schemes[structure.schemes.count - 1].items[item].name = name
      }
    default: return
    }
    named[what] = spoken
  }

  /// The concept of `urn:...Concept=ECB:ECB_CONCEPTS(1.0).FREQ`: `FREQ`.
  static func concept(_ urn: String) -> String {
    guard let bracket = urn.lastIndex(of: ")") else { return urn }
    return String(urn[bracket...].dropFirst(2))
  }

  /// The artefact of `urn:...Codelist=SDMX:CL_FREQ(1.0)`: `CL_FREQ`.
  static func maintainable(_ urn: String) -> String {
    let tail = urn.split(separator: "=").last ?? ""
    let name = tail.split(separator: ":").last ?? ""
    return String(name.prefix { $0 != "(" })
  }
}

extension String {
  /// The text without white space at both ends.
  var trimmed: String {
    var rest = self[...]
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    return String(rest)
  }
}

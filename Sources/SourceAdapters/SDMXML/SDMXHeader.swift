import CLibXML2
import PipelineKit

/// The names by which an SDMX-ML message is known.
enum SDMXNames {
  /// What the namespaces of messages start with, by version.
  static let v21 = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
  static let v30 = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message"
  static let v20 = "http://www.SDMX.org/resources/SDMXML/schemas/v2_0/message"

  /// Attributes that the guidelines of SDMX give data sets of any kind. In a structure-specific message without its
  /// structure file, a series' other attributes are dimensions.
  static let attributes: Set<String> = [
    "AVAILABILITY", "BASE_PER", "BREAKS", "COLLECTION", "COLL_METHOD", "COMMENT_OBS", "COMMENT_TS", "COMPILING_ORG",
    "CONF_STATUS", "CONF_STATUS_OBS", "DECIMALS", "DISS_ORG", "DOM_SER_IDS", "EMBARGO_TIME", "LAST_UPDATE", "METADATA",
    "NAT_TITLE", "OBS_COM", "OBS_CONF", "OBS_FLAG", "OBS_PRE_BREAK", "OBS_STATUS", "PRE_BREAK_VALUE", "PUBL_ECB",
    "PUBL_MU", "PUBL_PUBLIC", "REF_PERIOD_DETAIL", "SOURCE_AGENCY", "SOURCE_PUB", "TIME_FORMAT", "TIME_PER_COLLECT",
    "TITLE", "TITLE_COMPL", "UNIT_INDEX_BASE", "UNIT_MEASURE", "UNIT_MULT", "IDBANK", "TITLE_FR", "TITLE_EN",
    "UNIT_MULTIPLIER",
  ]

  /// Attributes that say why a value is missing.
  static let statuses = ["OBS_STATUS", "OBS_FLAG", "CONF_STATUS", "OBS_CONF", "CONF_STATUS_OBS"]
}

/// What stands in a message outside its data sets.
struct SDMXHeader {
  /// What a data set refers to: the dimension at the observations, and the data structure or data flow.
  struct Structure {
    var id = ""
    var dimensionAtObservation = ""
    var structure = ""
  }

  /// The root element and its namespace.
  var root = ""
  var space = ""
  var sender = ""
  var prepared = ""
  var structures: [Structure] = []
  /// Messages of the footer, or of an error message.
  var messages: [(code: String, severity: String, texts: [String])] = []

  /// The footer's messages as one clause: `code 413 (Information): "..."`.
  var notices: String {
    messages.map { message in
      "code \(message.code)" + (message.severity.isEmpty ? "" : " (\(message.severity))") + ": \""
        + message.texts.joined(separator: " ") + "\""
    }.joined(separator: "; ")
  }

  /// The dimension at the observations of the data set that refers to `structure`.
  func dimension(of structure: String) -> String {
    let found = structures.first { $0.id == structure } ?? structures.first
    let dimension = found?.dimensionAtObservation ?? ""
    return dimension.isEmpty ? "TIME_PERIOD" : dimension
  }
}

/// Takes the events of a message outside its data sets.
struct SDMXHeaderReader {
  private(set) var header = SDMXHeader()
  private var path: [String] = []
  private var value: [UInt8] = []
  private var isCollecting = false

  mutating func open(_ tag: XMLTag) {
    let name = SourceAdapters.text(tag.name)
    if path.isEmpty {
      header.root = name
      header.space = SourceAdapters.text(tag.space)
    }
    path.append(name)
    isCollecting = false
    switch name {
    case "Sender": header.sender = tag.attribute("id") ?? ""
    case "Structure" where path.count == 3:
      header.structures.append(
        .init(
          id: tag.attribute("structureID") ?? "", dimensionAtObservation: tag.attribute("dimensionAtObservation") ?? "")
      )
    case "Ref" where path.contains("Structure") && !header.structures.isEmpty:
      header.structures[header.structures.count - 1].structure =
        tag.attribute("id") ?? tag.attribute("maintainableParentID") ?? ""
    case "Message", "ErrorMessage":
      header.messages.append((tag.attribute("code") ?? "", tag.attribute("severity") ?? "", []))
    case "Prepared", "URN", "Text", "Structure", "StructureUsage":
      value = []
      isCollecting = true
    default: break
    }
  }

  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    if isCollecting, value.count + bytes.count <= 1 << 16 { value += bytes }
  }

  mutating func close() {
    let name = path.popLast() ?? ""
    let text = String(decoding: value, as: UTF8.self).trimmed
    if isCollecting, !text.isEmpty {
      switch name {
      case "Prepared": header.prepared = text
      case "URN", "Structure", "StructureUsage":
        if !header.structures.isEmpty {
          header.structures[header.structures.count - 1].structure = SDMXStructureReader.maintainable(text)
        }
      case "Text":
        if !header.messages.isEmpty { header.messages[header.messages.count - 1].texts.append(text) }
      default: break
      }
    }
    isCollecting = false
    value = []
  }
}

import PipelineKit
import Tabular

/// What CBS says about a table: its topics and dimensions (`DataProperties`), the titles of its codes (category tables)
/// and the table itself (`TableInfos`).
struct CBSMetadata: Sendable {
  /// A topic or a dimension.
  struct Property: Sendable, Equatable {
    /// The column of the data set.
    var key: String
    /// Topic, Dimension, TimeDimension, GeoDimension, GeoDetail.
    var type: String
    /// The title, without blanks around it.
    var title: String
    /// The titles of the groups in which the topic stands, from the outermost.
    var groups: [String] = []
    /// The unit of measurement.
    var unit = ""
    /// Long, Integer, Double, Float or String; empty for a dimension.
    var datatype = ""
    /// Decimals to print.
    var decimals: Int?
    /// What it means that the table holds no cell here (`Default`): Impossible or Missing; nil when not said.
    var absent: MissingReason?

    /// The groups and the title, as one text.
    var path: String { (groups + [title]).joined(separator: " / ") }

    /// The type of the column that the datatype stands for, or nil.
    var columnType: ColumnType? {
      switch datatype {
      case "Long", "Integer", "Double", "Float": .float64
      case "String": .string
      default: nil
      }
    }
  }

  /// The categories of a dimension.
  struct Categories: Sendable, Equatable {
    /// Titles by code.
    var titles: [String: String] = [:]
    /// For a dimension of periods: Definitief, Voorlopig, NaderVoorlopig, by code.
    var statuses: [String: String] = [:]
  }

  /// Topics and dimensions in the order of the table.
  private(set) var properties: [Property] = []
  /// Categories by dimension.
  private(set) var categories: [String: Categories] = [:]
  /// The table's identifier, for example `84799NED`; empty when not said.
  private(set) var identifier = ""
  /// The table's title.
  private(set) var title = ""
  /// The day on which the table was last changed, for example `2021-03-26`.
  private(set) var modified = ""

  /// Whether every topic's label has the groups before the title.
  var showsPaths = false

  private var places: [String: Int] = [:]
  private var titleCounts: [String: Int] = [:]

  /// Nothing known.
  init() {}

  /// What the files at `paths` say.
  /// - Throws: ``SpecError`` at the path when a file cannot be read, or is no metadata.
  init(_ paths: [SpecPath], context: RunContext) throws(SpecError) {
    for path in paths {
      do throws(SourceError) {
        let tables = try MetadataTable.load(path.path, context: context)
        for table in tables { try add(table, file: path.path) }
      } catch {
        throw SpecError(path.position, "the metadata \(error)")
      }
    }
  }

  /// What one metadata table says.
  mutating func add(_ table: MetadataTable, file: String) throws(SourceError) {
    switch table.name {
    case "TableInfos":
      guard let row = table.rows.first else { return }
      let id = table.text(row, "Identifier")
      guard identifier.isEmpty || id.isEmpty || id == identifier else {
        throw SourceError(
          file: file, "is the metadata of \(id), another file that of \(identifier); name the metadata of one table")
      }
      identifier = id
      title = table.text(row, "Title")
      modified = String(table.text(row, "Modified").prefix(10))
    case "DataProperties": try addProperties(table, file: file)
    case "CategoryGroups", "TypedDataSet", "UntypedDataSet": break
    default:
      guard table.header.contains("Key"), table.header.contains("Title") else {
        throw SourceError(
          file: file,
          "is not metadata of a CBS table: \"\(table.name)\" has no columns Key and Title; expected DataProperties, "
            + "TableInfos or the categories of a dimension")
      }
      var list = Categories()
      for row in table.rows {
        let key = table.text(row, "Key")
        list.titles[key] = table.text(row, "Title")
        let status = table.text(row, "Status")
        if !status.isEmpty { list.statuses[key] = status }
      }
      categories[table.name] = list
    }
  }

  private mutating func addProperties(_ table: MetadataTable, file: String) throws(SourceError) {
    for name in ["ID", "ParentID", "Type", "Key", "Title"] where !table.header.contains(name) {
      throw SourceError(file: file, "is not the DataProperties of a CBS table: there is no column \"\(name)\"")
    }
    var parents: [String: (title: String, parent: String)] = [:]
    for row in table.rows where table.text(row, "Type") == "TopicGroup" {
      let id = Self.id(table.text(row, "ID"))
      parents[id] = (table.text(row, "Title"), Self.id(table.text(row, "ParentID")))
    }
    for row in table.rows {
      let key = table.text(row, "Key")
      guard !key.isEmpty else { continue }
      var property = Property(key: key, type: table.text(row, "Type"), title: table.text(row, "Title"))
      var parent = Self.id(table.text(row, "ParentID"))
      while let group = parents[parent] {
        guard property.groups.count < 64 else {
          throw SourceError(
            file: file, column: key, "the groups of this topic stand inside each other in a circle, or 64 deep")
        }
        property.groups.insert(group.title, at: 0)
        parent = group.parent
      }
      property.unit = table.text(row, "Unit")
      property.datatype = table.text(row, "Datatype")
      property.decimals = Int(table.text(row, "Decimals")).flatMap { (0...15).contains($0) ? $0 : nil }
      switch table.text(row, "Default") {
      case "Impossible": property.absent = .notApplicable
      case "Missing": property.absent = .unknown
      default: break
      }
      if let place = places[key] {
        properties[place] = property
      } else {
        places[key] = properties.count
        properties.append(property)
      }
      titleCounts[property.title, default: 0] += 1
    }
  }

  /// An ID as CBS writes it; programs that save tables again make `0.0` of `0`.
  private static func id(_ text: String) -> String { text.hasSuffix(".0") ? String(text.dropLast(2)) : text }

  // MARK: What it says about columns

  /// The topic or dimension whose column is `key`, or nil.
  subscript(key: String) -> Property? { places[key].map { properties[$0] } }

  /// Whether nothing at all is known.
  var isEmpty: Bool { properties.isEmpty && categories.isEmpty && identifier.isEmpty }

  /// The title for people: the topic's own when no other topic of the table has it, else (and with ``showsPaths``) with its
  /// groups before it.
  func label(of property: Property) -> String {
    showsPaths || titleCounts[property.title, default: 0] > 1 ? property.path : property.title
  }

  /// `field` with the label, unit and decimals of its topic or dimension.
  func described(_ field: Field) -> Field {
    guard let property = self[field.name] else { return field }
    var field = field
    field.label = label(of: property)
    field.unit = property.unit
    if field.type == .float64 { field.decimals = property.decimals }
    return field
  }

  /// The origin with the table's identifier and day of change where it states none.
  func completed(_ origin: Origin) -> Origin {
    var origin = origin
    if origin.table.isEmpty { origin.table = identifier }
    if origin.vintage.isEmpty { origin.vintage = modified }
    return origin
  }

  /// Why an empty cell holds no value, by column, in a data set of the given form.
  ///
  /// An untyped data set leaves a cell empty that the table does not hold: it means what the topic's `Default` says. In a
  /// typed one CBS writes such a cell and an unknown one (`.`) alike as null. Where an absent cell means unknown, the null
  /// can mean nothing else; where it means impossible, the null may be either and stays unspecified, unless `takesDefault`.
  func absentReasons(_ form: CBSDatasetForm, takesDefault: Bool) -> [String: MissingReason] {
    var reasons: [String: MissingReason] = [:]
    for property in properties {
      guard let absent = property.absent else { continue }
      if form == .untyped || absent == .unknown || takesDefault { reasons[property.key] = absent }
    }
    return reasons
  }

  /// Checks that the metadata is that of the data: a data set with the given columns, of the table `table` (or "").
  ///
  /// A column that the metadata lacks is told as a warning.
  /// - Throws: ``SourceError`` when it is another table's.
  func check(_ columns: [String], table: String, file: String, context: RunContext) throws(SourceError) {
    if !identifier.isEmpty, !table.isEmpty, identifier.lowercased() != table.lowercased() {
      throw SourceError(
        file: file, "holds data of \(table), but the metadata is that of \(identifier); name the metadata of \(table)")
    }
    guard !properties.isEmpty else { return }
    let topics = columns.filter { CBSColumnName.isTopic($0) }
    let unknown = topics.filter { self[$0] == nil }
    if let first = topics.first, unknown.count == topics.count {
      throw SourceError(
        file: file, column: first,
        "none of the \(topics.count) topics is in the metadata's DataProperties"
          + (identifier.isEmpty ? "" : " of \(identifier)") + "; name the metadata of this table")
    }
    if !unknown.isEmpty {
      context.warn(
        "\(file): \(unknown.count) of \(topics.count) topics are not in the metadata: "
          + unknown.prefix(12).joined(separator: ", ") + (unknown.count > 12 ? " and others" : ""))
    }
  }
}

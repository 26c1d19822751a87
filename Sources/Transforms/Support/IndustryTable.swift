import PipelineKit
import Tabular

/// Numbers by group, area and industry, from a long table, with a reference beside each area.
///
/// Rows of the same cell add up; a cell without a row is 0. A missing number makes the whole area (in that group) missing.
struct IndustryTable {
  /// Which areas the reference of a location quotient is made of.
  struct Reference: PluginOptions {
    var area: Located?
    var all: Bool?

    static var declaration: [OptionField<Self>] {
      [
        .init("area", \.area, "The area that others are compared with, for example the country; it keeps its own row."),
        .init("all", \.all, "All areas of the table together."),
      ]
    }

    func check(in area: Field, at place: SourcePosition) throws(SpecError) {
      guard (self.area != nil) != (all ?? false) else {
        throw SpecError(place, "\"reference\" takes either {area: code} or {all: true}")
      }
      if let code = self.area { try CellLiteral.check(code, in: area) }
    }
  }

  /// One area in one group.
  struct Row {
    /// A row of the input with its keys.
    var source: Int32
    /// The group, for example the period.
    var group: Int
    /// The numbers by industry.
    var values: [Double]
    /// Why there are none, 0 when there are.
    var reason: UInt8
  }

  /// The distinct industries, in their order.
  let industries: Column
  /// All areas of all groups, group after group.
  let rows: [Row]
  /// The reference of each group; nil where it has no row or a missing number.
  let references: [[Double]?]
  /// Groups.
  let groupCount: Int

  init(
    _ table: Table, area: Located, by: [Located], industry: Located, value: Located, reference: Reference?
  ) throws(TransformError) {
    let columns = try table.columns(named: [area.text, industry.text])
    let kinds = Grouping(by: [columns[1]], rowCount: table.rowCount)
    let count = table.rowCount == 0 ? 0 : kinds.count
    industries = columns[1].gathering(table.rowCount == 0 ? [] : kinds.representatives)
    let numbers = try NumberColumn(table, value.text)
    try numbers.requireCounts(value.text)
    let periods = Grouping(by: try table.columns(named: by.map(\.text)), rowCount: table.rowCount)
    let places = Grouping(
      by: try table.columns(named: by.map(\.text)) + [columns[0]], rowCount: table.rowCount)
    var rows: [Row] = []
    for place in 0..<(table.rowCount == 0 ? 0 : places.count) {
      var row = Row(
        source: places.representatives[place], group: Int(periods.groups[Int(places.representatives[place])]),
        values: [Double](repeating: 0, count: count), reason: 0)
      for member in places.rows[place] {
        if numbers.isPresent(Int(member)) {
          row.values[Int(kinds.groups[Int(member)])] += numbers.values[Int(member)]
        } else if row.reason == 0 {
          row.reason = numbers.reasons[Int(member)]
        }
      }
      rows.append(row)
    }
    groupCount = table.rowCount == 0 ? 0 : periods.count
    var references = [[Double]?](repeating: nil, count: groupCount)
    if let code = reference?.area {
      let isIt = CellLiteral.rows(of: columns[0], equalTo: code.text)
      guard table.rowCount == 0 || isIt.contains(true) else {
        throw CellLiteral.absent(code.text, from: area.text, columns[0])
      }
      for row in rows where isIt[Int(row.source)] && row.reason == 0 { references[row.group] = row.values }
    } else if reference != nil {
      for row in rows where row.reason == 0 {
        references[row.group] = references[row.group].map { zip($0, row.values).map { $0 + $1 } } ?? row.values
      }
    }
    self.rows = rows
    self.references = references
  }
}

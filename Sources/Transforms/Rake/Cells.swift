import PipelineKit
import Tabular

extension Rake {
  /// The distinct values of a category, in their order.
  struct Category {
    let column: Column
    let codes: [Int32]
    let firstRows: [Int32]

    init(_ table: Table, _ name: Located) throws(TransformError) {
      column = try table.columns(named: [name.text])[0]
      let grouping = Grouping(by: [column], rowCount: table.rowCount)
      codes = grouping.groups
      firstRows = table.rowCount == 0 ? [] : grouping.representatives
    }

    var count: Int { firstRows.count }

    /// The value of a code as messages show it.
    func name(_ code: Int) -> String { cellText(column, row: Int(firstRows[code])) }

    /// For each code of this category that of the same value in another, or -1.
    func matching(_ other: Category) -> [Int] {
      KeyMatches(left: [column.gathering(firstRows)], right: [other.column.gathering(other.firstRows)]).first
        .map { Int($0) }
    }
  }

  /// The numbers of a long table by group and one or two categories; rows of the same cell add up.
  struct Cells {
    let table: Table
    let categories: [Category]
    /// The first row of each group.
    let firstRows: [Int32]
    /// Why a group has no numbers: the reason of its first missing one.
    let reasons: [UInt8?]
    /// The key columns of the table.
    let groupKeysSource: [Column]
    private let totals: [Double]
    private let size: Int

    init(_ table: Table, _ by: [Located], _ names: [Located], _ value: Located) throws(TransformError) {
      self.table = table
      var categories: [Category] = []
      for name in names { categories.append(try Category(table, name)) }
      let keys = try table.columns(named: by.map(\.text))
      let groups = Grouping(by: keys, rowCount: table.rowCount)
      let numbers = try NumberColumn(table, value.text)
      let size = categories.reduce(1) { $0 * $1.count }
      let count = table.rowCount == 0 ? 0 : groups.count
      var totals = [Double](repeating: 0, count: count * size)
      var reasons = [UInt8?](repeating: nil, count: count)
      for row in 0..<table.rowCount {
        let group = Int(groups.groups[row])
        guard numbers.isPresent(row) else {
          reasons[group] = reasons[group] ?? numbers.reasons[row]
          continue
        }
        let cell = categories.reduce(0) { $0 * $1.count + Int($1.codes[row]) }
        totals[group * size + cell] += numbers.values[row]
      }
      self.categories = categories
      firstRows = table.rowCount == 0 ? [] : groups.representatives
      self.reasons = reasons
      self.totals = totals
      self.size = size
      groupKeysSource = keys
    }

    /// The keys of each group.
    var groupKeys: [Column] { groupKeysSource.map { $0.gathering(firstRows) } }

    /// The numbers of a group, cell by cell.
    func sums(_ group: Int) -> [Double] { Array(totals[(group * size)..<((group + 1) * size)]) }
  }
}

import PipelineKit
import Tabular

/// A table of one row a group: the keys, then figures that may be missing.
struct GroupFigures {
  let by: [Located]
  let fields: [Field]

  /// The keys and the figures.
  func schema(for input: Schema) throws(SpecError) -> Schema {
    var keys: [Field] = []
    for name in by {
      var field = try input.field(at: name)
      field.role = .key
      keys.append(field)
    }
    do throws(TabularError) { return try Schema(keys + fields) } catch {
      throw SpecError(by.first?.position ?? SourcePosition(file: ""), "\(error)")
    }
  }

  /// One row a group in the order in which `Grouping` numbers them; a figure that cannot be had is `insufficient`.
  ///
  /// Rows whose key is missing are groups of their own, as in `aggregate`.
  func table(_ input: Table, _ figures: (_ rows: [Int]) -> [Double?]) throws(TransformError) -> Table {
    var names: [String] = []
    for name in by { names.append(name.text) }
    let keys = try input.columns(named: names)
    let grouping = Grouping(by: keys, rowCount: input.rowCount)
    let grouped = grouping.rows
    var values = [[Double?]](repeating: [], count: fields.count)
    for group in 0..<grouping.count {
      let own = figures(grouped[group].map { Int($0) })
      precondition(own.count == fields.count, "a figure for each field")
      for (place, figure) in own.enumerated() { values[place].append(figure.flatMap { $0.isFinite ? $0 : nil }) }
    }
    var columns: [Column] = []
    for key in keys { columns.append(key.gathering(grouping.representatives)) }
    for (field, figures) in zip(fields, values) {
      let mask = MissingMask(reasons: figures.map { $0 == nil ? MissingReason.insufficient.rawValue : 0 })
      columns.append(
        field.type == .int64
          ? .int64(Int64Column(figures.map { Int64($0 ?? 0) }, missing: mask))
          : .float64(Float64Column(figures.map { $0 ?? 0 }, missing: mask)))
    }
    let made = columns
    let schema = try onSchemas { () throws(SpecError) in try self.schema(for: input.schema) }
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: made) }
  }
}

/// Numbers of some rows, where all of the columns have one.
struct PairedNumbers {
  /// One list a column.
  let lists: [[Double]]
  /// The rows they come from.
  let rows: [Int]

  init(_ columns: [NumberColumn], _ rows: [Int]) {
    let kept = rows.filter { row in columns.allSatisfy { $0.isPresent(row) } }
    lists = columns.map { column in kept.map { column.values[$0] } }
    self.rows = kept
  }
}

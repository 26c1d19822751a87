extension Table {
  /// What follows a column's name in the name of its status column.
  public static let statusSuffix = "_status"

  /// The table with a status column behind every column that has missing cells.
  ///
  /// The status column of `X` is `X_status`, text of role ``FieldRole/status`` with the origins of `X`: the label of the
  /// ``MissingReason`` where `X` has no value, and itself missing (not applicable) where `X` has one. Keys and status
  /// columns get none. Columns without missing cells get one only when `always` is true, so that the schema does not
  /// depend on the data.
  /// - Throws: ``TabularError/duplicateColumn(_:)`` when the table already has a column of that name.
  public func withStatusColumns(always: Bool = false) throws(TabularError) -> Table {
    var fields: [Field] = []
    var all: [Column] = []
    for (field, column) in zip(schema.fields, columns) {
      fields.append(field)
      all.append(column)
      guard field.role != .key, field.role != .status, always || column.missing != nil else { continue }
      fields.append(Field(field.name + Self.statusSuffix, .string, role: .status, origins: field.origins))
      all.append(.string(StringColumn(statusOf: column)))
    }
    return try Table(schema: try Schema(fields), columns: all)
  }
}

extension StringColumn {
  /// The labels of the reasons for which cells of `column` are missing; missing where it holds a value.
  init(statusOf column: Column) {
    guard let missing = column.missing else {
      let none = MissingMask(allMissing: .notApplicable, count: column.count)
      self.init(codes: [UInt32](repeating: 0, count: column.count), dictionary: .empty, missing: none)
      return
    }
    var builder = StringDictionaryBuilder()
    var codes = [UInt32](repeating: .max, count: 256)
    var rows = [UInt32](repeating: 0, count: column.count)
    var reasons = [UInt8](repeating: MissingReason.notApplicable.rawValue, count: column.count)
    for (row, reason) in missing.reasons.enumerated() where reason != 0 {
      if codes[Int(reason)] == .max, let known = MissingReason(rawValue: reason) {
        codes[Int(reason)] = builder.code(of: known.label)
      }
      rows[row] = codes[Int(reason)]
      reasons[row] = 0
    }
    self.init(codes: rows, dictionary: builder.build(), missing: MissingMask(reasons: reasons))
  }
}

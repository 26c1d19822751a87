import PipelineKit
import Tabular

extension Schema {
  /// The field that an option names.
  /// - Throws: ``SpecError`` at the option, with the nearest column, when there is none.
  func field(at column: Located, of input: String = "the input") throws(SpecError) -> Field {
    guard let field = self[column.text] else {
      throw SpecError(
        column.position, "\(input) has no column \"\(column.text)\"" + didYouMean(column.text, among: names))
    }
    return field
  }

  /// The field that an option names, which must hold numbers.
  func numericField(at column: Located, of input: String = "the input") throws(SpecError) -> Field {
    let field = try field(at: column, of: input)
    guard field.type.isNumeric else {
      throw SpecError(column.position, "column \"\(field.name)\" is \(field.type.rawValue), expected a number")
    }
    return field
  }

  /// Refuses a new column under a name that is taken.
  func checkFree(_ name: String, at position: SourcePosition) throws(SpecError) {
    if self[name] != nil {
      throw SpecError(position, "the input already has a column \"\(name)\"; choose another name")
    }
  }

  /// These fields and some more, with names that the caller checked.
  func appending(_ added: [Field], at position: SourcePosition) throws(SpecError) -> Schema {
    do throws(TabularError) { return try Schema(fields + added) } catch { throw SpecError(position, "\(error)") }
  }
}

extension Table {
  /// The columns of the given names; a name may be given twice.
  func columns(named names: [String]) throws(TransformError) -> [Column] {
    var result: [Column] = []
    for name in names { result.append(try onTables { () throws(TabularError) in try column(name) }) }
    return result
  }

  /// The table with more columns at its end.
  func appending(_ fields: [Field], _ added: [Column]) throws(TransformError) -> Table {
    let (schema, columns) = (self.schema, self.columns)
    return try onTables { () throws(TabularError) in
      try Table(schema: Schema(schema.fields + fields), columns: columns + added)
    }
  }
}

/// Gives trouble with a table's shape on as trouble with the data.
func onTables<T>(_ body: () throws(TabularError) -> T) throws(TransformError) -> T {
  do throws(TabularError) { return try body() } catch { throw TransformError("\(error)") }
}

/// Gives trouble with schemas, while working on data, on as trouble with the data: it is no longer a mistake of the file.
func onSchemas<T>(_ body: () throws(SpecError) -> T) throws(TransformError) -> T {
  do throws(SpecError) { return try body() } catch { throw TransformError("\(error)") }
}

/// `year=2020, code=GM0141`: how messages name a row by its keys.
func keyText(_ names: [String], _ columns: [Column], row: Int) -> String {
  zip(names, columns).map { "\($0)=\(cellText($1, row: row))" }.joined(separator: ", ")
}

/// One cell as messages show it.
func cellText(_ column: Column, row: Int) -> String {
  if let reason = column.missingReason(at: row) { return "(\(reason.label))" }
  switch column {
  case .float64(let c): return c.values[row].optionText ?? "\(c.values[row])"
  case .int64(let c): return "\(c.values[row])"
  case .bool(let c): return c.values[row] != 0 ? "true" : "false"
  case .date(let c): return "day \(c.values[row])"
  case .string(let c): return c[row] ?? ""
  }
}

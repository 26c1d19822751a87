import Tabular

/// `columns`, or the first column of `schema` when there are none: a table without columns would lose its number of rows.
func atLeastOne(_ columns: Set<String>, of schema: Schema) -> Set<String> {
  columns.isEmpty ? Set(schema.names.prefix(1)) : columns
}

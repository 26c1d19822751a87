public import PipelineKit
import Tabular

/// Whether a sink writes missing reasons beside the columns.
public enum StatusColumns: String, OptionChoice {
  /// A column `<name>_status` behind every column that is not a key, so that the file's columns do not depend on its data.
  case all
  /// No status columns: the reasons stay behind.
  case none

  /// The schema as it will be written.
  func schema(_ schema: Schema, at position: SourcePosition) throws(SpecError) -> Schema {
    do throws(TabularError) { return try apply(Table(empty: schema)).schema } catch {
      throw SpecError(position, "\(error); drop the column, or set status: none")
    }
  }

  /// The table as it will be written.
  func apply(_ table: Table) throws(TabularError) -> Table {
    self == .all ? try table.withStatusColumns(always: true) : table
  }
}

public import PipelineKit

/// What a cell that cannot be read does.
public enum OnError: String, OptionChoice {
  /// It ends the reading.
  case fail
  /// It becomes a missing value for the reason rejected, and goes to the quarantine file.
  case reject

  static let help =
    "What a cell that cannot be read does: fail ends the reading, reject leaves the cell without a value and puts it into "
    + "quarantine.parquet."
}

/// How many cells of a file may be put aside.
enum RejectedCells {
  /// More than these are no slips but another format.
  static let limit = 1_000

  static func tooMany(file: String, option: String) -> SourceError {
    SourceError(
      file: file,
      "more than 1000 cells cannot be read; with \(option): fail the first of them is shown with its place")
  }
}

public import PipelineKit
import Tabular

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

/// What becomes of the cells of a file that cannot be read.
struct RejectedCells {
  /// More than these are no slips but another format.
  static let limit = 1_000

  private let file: String
  private let onError: OnError
  private let context: RunContext
  private var count = 0

  init(file: String, onError: OnError, context: RunContext) {
    (self.file, self.onError, self.context) = (file, onError, context)
  }

  /// Puts a cell aside; the error that ends the reading, where it does: at once, or after too many.
  mutating func take(_ trouble: CellTrouble, column: String, line: Int, _ said: String) -> SourceError? {
    guard onError == .reject else { return SourceError(file: file, line: line, column: column, said) }
    count += 1
    if count > Self.limit { return Self.tooMany(file: file, option: "on_error") }
    context.reject(
      file: file, line: line, column: column, value: String(decoding: trouble.bytes, as: UTF8.self), reason: said)
    return nil
  }

  static func tooMany(file: String, option: String) -> SourceError {
    SourceError(
      file: file,
      "more than 1000 cells cannot be read; with \(option): fail the first of them is shown with its place")
  }
}

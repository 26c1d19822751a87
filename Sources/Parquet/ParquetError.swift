public import Tabular

/// What can go wrong when a Parquet file is written or read.
public enum ParquetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The bytes break the format; `offset` counts from the start of the file.
  case corrupt(String, offset: Int)
  /// A page's bytes do not have the checksum that its header states.
  case checksum(column: String, offset: Int)
  /// The file is sound but uses something that is not supported; `column` is empty when the whole file does.
  case unsupported(column: String, String)
  /// A cell holds something that has no place in a column of ours.
  case value(column: String, row: Int, String)
  /// A key column has a cell without a value, `row` counted from 0.
  case missingKey(column: String, row: Int, reason: MissingReason)
  /// The caller asks for something that cannot be.
  case usage(String)
  /// The bytes could not be fetched.
  case input(String)

  /// One sentence, with the way out.
  public var description: String {
    switch self {
    case .corrupt(let text, let offset):
      return "not a sound Parquet file: \(text) (at byte \(offset)); fetch or write the file again"
    case .checksum(let column, let offset):
      return "column \"\(column)\": the page at byte \(offset) does not have the checksum in its header; "
        + "the file was damaged after it was written, fetch it again"
    case .unsupported(let column, let text):
      return column.isEmpty ? text : "column \"\(column)\": \(text)"
    case .value(let column, let row, let text):
      return "column \"\(column)\", row \(row + 1): \(text)"
    case .missingKey(let column, let row, let reason):
      return "key column \"\(column)\", row \(row + 1) has no value (\(reason.label)); keys are written as required, "
        + "so filter such rows out, give the column another role, or write with requiredKeys off"
    case .usage(let text), .input(let text):
      return text
    }
  }
}


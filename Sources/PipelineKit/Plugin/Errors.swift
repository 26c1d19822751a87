/// A file that cannot be read as its adapter expects.
public struct SourceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of trouble, for exit codes.
  public enum Kind: Sendable, Equatable {
    /// The file's content is wrong.
    case data
    /// The file is not there or may not be read.
    case unreadable
  }

  /// The kind of trouble.
  public var kind: Kind
  /// The path as the user knows it.
  public var file: String
  /// The line, from 1; 0 when not known.
  public var line: Int
  /// The column's name; empty when the trouble is not in one column.
  public var column: String
  /// What is wrong (with the value), what was expected and the way out.
  public var message: String

  /// Trouble in a file.
  public init(_ kind: Kind = .data, file: String, line: Int = 0, column: String = "", _ message: String) {
    self.kind = kind
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// `file:line: column "x": message`.
  public var description: String {
    let place = line > 0 ? "\(file):\(line): " : "\(file): "
    return place + (column.isEmpty ? "" : "column \"\(column)\": ") + message
  }
}

/// Data on which a transform cannot work.
public struct TransformError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong and the way out.
  public var message: String

  /// Trouble with data.
  public init(_ message: String) { self.message = message }

  /// The message.
  public var description: String { message }
}

/// An output that cannot be written.
public struct SinkError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of trouble, for exit codes.
  public enum Kind: Sendable, Equatable {
    /// The tables do not hold what the output needs.
    case data
    /// The file cannot be written.
    case unwritable
  }

  /// The kind of trouble.
  public var kind: Kind
  /// The path.
  public var path: String
  /// What is wrong and the way out.
  public var message: String

  /// Trouble with an output.
  public init(_ kind: Kind = .data, path: String, _ message: String) {
    self.kind = kind
    self.path = path
    self.message = message
  }

  /// `path: message`.
  public var description: String { "\(path): \(message)" }
}

/// A place in a text file that a person wrote: the pipeline file, a profile, a mapping.
public struct SourcePosition: Sendable, Hashable, CustomStringConvertible {
  /// The path as the user gave it.
  public var file: String
  /// The line, from 1; 0 when not known.
  public var line: Int
  /// The column, from 1; 0 when not known.
  public var column: Int

  /// A position; line and column count from 1.
  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`, as editors understand it.
  public var description: String {
    if line == 0 { return file }
    return column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
  }
}

/// A mistake in a pipeline file or in a file that it names.
public struct SpecError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where the mistake is.
  public var position: SourcePosition
  /// What is wrong, what was expected and the way out.
  public var message: String

  /// A mistake at `position`.
  public init(_ position: SourcePosition, _ message: String) {
    self.position = position
    self.message = message
  }

  /// `file:line:column: message`.
  public var description: String { "\(position): \(message)" }
}

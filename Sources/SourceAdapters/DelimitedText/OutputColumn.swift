import PipelineKit
import Tabular

/// One column that a text file gives, and how its cells come about.
struct OutputColumn: Sendable {
  /// What the text of a cell says to a column of numbers.
  enum NumberCell: Sendable {
    case value(Double)
    case missing(MissingReason)
    case unreadable
  }

  /// How a cell's text becomes a value.
  ///
  /// The two functions see each distinct text once.
  enum Reading: Sendable {
    /// By the column's type.
    case plain
    /// By a function, to a number.
    case numbers(@Sendable (String) -> NumberCell)
    /// By a function, to a text; nil is a cell that cannot occur.
    case texts(@Sendable (String) -> String?)
  }

  /// The column's description.
  var field: Field
  /// The position of its field in a record.
  var place: Int
  /// How its cells are read.
  var reading = Reading.plain
}

/// Maps the dictionary of a column through a function, text by text; keeps what it knows from batch to batch.
struct DictionaryMap<Value> {
  private(set) var values: [Value] = []
  private var last: StringDictionary?

  /// Makes `values` hold the value of every text of `dictionary`, by code.
  mutating func update(_ dictionary: StringDictionary, _ map: (String) -> Value) {
    if let last, dictionary.extends(last) {} else { values = [] }
    for code in values.count..<max(values.count, dictionary.count) { values.append(map(dictionary[UInt32(code)])) }
    last = dictionary
  }
}

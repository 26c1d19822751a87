import PipelineKit
import Tabular

/// How the fields and cells of a CSV file are written, from the options.
struct CSVDialect: Sendable {
  /// The byte between fields.
  var separator: UInt8
  /// Reads numbers.
  var numbers: NumberParser
  /// Whether blanks around text and column names are cut off.
  var trims: Bool
  /// A record whose first field starts with these bytes ends the data; empty for none.
  var footer: [UInt8]
  /// How cells of a file's head are judged.
  var sampling: SampleRules

  init(_ options: CBSDatasetCSV.Options) {
    separator = options.separator.byte
    numbers = NumberParser(decimalMark: options.decimalMark.byte, groupingMark: options.groupingMark.byte)
    trims = options.trim
    footer = Array(options.footer.utf8)
    sampling = SampleRules(numbers: numbers, markers: options.markers)
  }

  /// Whether a record with this first field ends the data.
  func isFooter(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    !footer.isEmpty && field.count >= footer.count && field[..<footer.count].elementsEqual(footer)
  }
}

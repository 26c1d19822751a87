import CLibCSV

/// libcsv's parser, owned and freed.
///
/// Quotes are strict: a quote inside a field must be doubled, nothing may follow a closing quote, and a quoted field that
/// the file does not close is an error.
final class CSVParser {
  typealias FieldCallback = @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Void
  typealias RowCallback = @convention(c) (CInt, UnsafeMutableRawPointer?) -> Void

  /// A field longer than this is a mistake: a quote left open swallows the rest of the file.
  static let longestField = 1 << 24

  private let parser: UnsafeMutablePointer<csv_parser>

  init(separator: UInt8) {
    parser = .allocate(capacity: 1)
    parser.initialize(to: csv_parser())
    csv_init(parser, UInt8(CSV_STRICT | CSV_STRICT_FINI))
    csv_set_delim(parser, separator)
    csv_set_blk_size(parser, 4096)
  }

  deinit {
    csv_free(parser)
    parser.deinitialize(count: 1)
    parser.deallocate()
  }

  /// Takes in the bytes and calls back for every field and row that they end.
  ///
  /// False when quotes are used wrongly.
  func parse(
    _ bytes: UnsafeRawBufferPointer, _ field: FieldCallback, _ row: RowCallback, _ context: UnsafeMutableRawPointer?
  ) -> Bool {
    csv_parse(parser, bytes.baseAddress, bytes.count, field, row, context) == bytes.count
  }

  /// Ends the last record.
  ///
  /// False when it ends inside a quoted field.
  func finish(_ field: FieldCallback, _ row: RowCallback, _ context: UnsafeMutableRawPointer?) -> Bool {
    csv_fini(parser, field, row, context) == 0
  }

  /// Whether a field has grown past all bounds.
  var isOverfull: Bool { csv_get_buffer_size(parser) > Self.longestField }
}

/// The bytes of a field; libcsv gives no address for an empty one before the first other.
@inline(__always)
func csvBytes(_ bytes: UnsafeMutableRawPointer?, _ fallback: UnsafeMutableRawPointer?) -> UnsafePointer<UInt8> {
  UnsafePointer((bytes ?? fallback).unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
}

/// The UTF-8 byte order mark.
let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

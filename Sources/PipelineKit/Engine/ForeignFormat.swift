/// Formats of files that no adapter reads but that people have: known by their first bytes, with the way out.
enum ForeignFormat {
  private static let signs: [(bytes: [UInt8], text: String)] = [
    (Array("%PDF-".utf8), "is a PDF document; ask for the table as CSV"),
    ([0x89, 0x50, 0x4E, 0x47], "is a picture (PNG); it holds no table"),
    ([0xFF, 0xD8, 0xFF], "is a picture (JPEG); it holds no table"),
    (Array("GIF8".utf8), "is a picture (GIF); it holds no table"),
    (
      [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
      "is a workbook of old Excel (xls), or another old file of Office; save the sheet as CSV"
    ),
    (
      Array("SQLite format 3\0".utf8),
      "is an SQLite database, such as a GeoPackage; export the layer as GeoJSON, or the table as CSV"
    ),
    ([0x00, 0x00, 0x27, 0x0A], "is a shapefile; convert it to GeoJSON, its .dbf included"),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "is a 7z archive; unpack it"),
    (Array("Rar!".utf8), "is a RAR archive; unpack it"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "is packed with xz; unpack it, or pack it with gzip"),
    ([0x28, 0xB5, 0x2F, 0xFD], "is packed with zstd; unpack it, or pack it with gzip"),
  ]

  /// What a file with this head is and what to do with it, or nil when it is none of these.
  static func advice(_ head: [UInt8]) -> String? {
    if let sign = signs.first(where: { head.starts(with: $0.bytes) }) { return sign.text }
    let text = head.prefix(1024).drop { $0 <= 0x20 || [0xEF, 0xBB, 0xBF].contains($0) }
    let start = String(decoding: text.prefix(14), as: UTF8.self).lowercased()
    if start == "<!doctype html" || start.hasPrefix("<html") {
      return "is a web page; it holds no data: fetch the file itself, not the page about it"
    }
    return nil
  }
}

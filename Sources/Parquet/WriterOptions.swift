/// How pages are compressed.
public enum ParquetCodec: String, Sendable, CaseIterable {
  /// Not at all.
  case none
  /// Snappy: fast, larger files.
  case snappy
  /// Zstandard: small files.
  case zstd

  /// The number in the file.
  var code: Int32 {
    switch self {
    case .none: 0
    case .snappy: 1
    case .zstd: 6
    }
  }
}

/// What a caller may decide about a file.
public struct ParquetWriterOptions: Sendable {
  /// How pages are compressed, where they shrink enough: a column of which a row group's part does not is written without
  /// compression in the next seven.
  public var codec: ParquetCodec
  /// The level of Zstandard, 1 to 19.
  public var zstdLevel: Int
  /// Rows in a row group; the last one may have fewer.
  public var rowGroupRows: Int
  /// Rows in a page; all columns are cut at the same rows.
  public var pageRows: Int
  /// Who wrote the file, in the form `NAME version X.Y.Z (build HASH)` that readers know how to parse.
  public var createdBy: String
  /// Texts to keep in the footer; written in the order of their keys' bytes.
  public var keyValues: [(key: String, value: String)]
  /// Columns by which the caller has sorted the rows, ascending with missing last; stated, not checked.
  public var sortingColumns: [String]
  /// Whether columns of role key are REQUIRED, so that a missing key is an error.
  ///
  /// Off: every column is OPTIONAL.
  public var requiredKeys: Bool
  /// Columns that are encoded at the same time.
  ///
  /// The bytes do not depend on it.
  public var threads: Int
  /// Who runs the work of several threads; without it a queue of its own.
  public var parallel: ParallelRunner?

  /// Options; every one has a default that suits files for others to read.
  public init(
    codec: ParquetCodec = .zstd, zstdLevel: Int = 3, rowGroupRows: Int = 1 << 20, pageRows: Int = 20_480,
    createdBy: String = "peil version 0.0.0 (build 0)", keyValues: [(key: String, value: String)] = [],
    sortingColumns: [String] = [], requiredKeys: Bool = true, threads: Int = 1
  ) {
    self.codec = codec
    self.zstdLevel = zstdLevel
    self.rowGroupRows = rowGroupRows
    self.pageRows = pageRows
    self.createdBy = createdBy
    self.keyValues = keyValues
    self.sortingColumns = sortingColumns
    self.requiredKeys = requiredKeys
    self.threads = threads
  }

  /// The part of its bytes by which a column must shrink to be compressed at all: more where speed was asked for.
  var smallestGain: Double { codec == .snappy || zstdLevel < 3 ? 0.25 : 0.125 }

  /// Refuses values that make no sense.
  func check() throws(ParquetError) {
    guard (1...19).contains(zstdLevel) else { throw .usage("zstd level \(zstdLevel): expected 1 to 19") }
    guard rowGroupRows > 0, pageRows > 0 else { throw .usage("rows in a row group and in a page: expected 1 or more") }
    guard pageRows <= 1 << 24 else { throw .usage("\(pageRows) rows in a page: expected at most \(1 << 24)") }
    guard rowGroupRows <= 1 << 30 else {
      throw .usage("\(rowGroupRows) rows in a row group: expected at most \(1 << 30)")
    }
    guard threads > 0 else { throw .usage("\(threads) threads: expected 1 or more") }
    let keys = keyValues.map(\.key)
    for (i, key) in keys.enumerated() {
      guard !keys[..<i].contains(key) else { throw .usage("the footer key \"\(key)\" occurs twice") }
      guard key != SchemaText.key else { throw .usage("the footer key \"\(key)\" is the writer's own") }
    }
  }
}

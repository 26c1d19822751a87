import Tabular

/// The rows of one page within a chunk, and how many of them hold a value.
struct PageCut {
  /// Rows, counted from the start of the chunk.
  var rows: Range<Int>
  /// Rows that hold a value.
  var present: Int

  /// Cuts the rows of a chunk every `pageRows` rows.
  static func cuts(rows: Range<Int>, pageRows: Int, missing: MissingMask?) -> [PageCut] {
    stride(from: 0, to: rows.count, by: pageRows).map { start in
      let cut = start..<min(start + pageRows, rows.count)
      guard let missing else { return PageCut(rows: cut, present: cut.count) }
      let first = rows.lowerBound + cut.lowerBound
      return PageCut(rows: cut, present: missing.presentCount(in: first..<(first + cut.count)))
    }
  }
}

extension MissingMask {
  /// The rows of `range` that hold a value.
  func presentCount(in range: Range<Int>) -> Int {
    words.withUnsafeBufferPointer { words in
      var total = 0
      var row = range.lowerBound
      while row < range.upperBound {
        let end = min((row / 64 + 1) * 64, range.upperBound)
        var word = words[row / 64] >> UInt64(row % 64)
        if end - row < 64 { word &= 1 << UInt64(end - row) - 1 }
        total += word.nonzeroBitCount
        row = end
      }
      return total
    }
  }

  /// Writes the validity of `range` as packed bits, lowest first; bits past the end are 0. Writes whole words.
  func packBits(of range: Range<Int>, to out: UnsafeMutableRawPointer) {
    words.withUnsafeBufferPointer { words in
      let shift = UInt64(range.lowerBound % 64)
      var index = range.lowerBound / 64
      var left = range.count
      var place = out
      while left > 0 {
        var word = words[index] >> shift
        if shift > 0, index + 1 < words.count { word |= words[index + 1] << (64 - shift) }
        if left < 64 { word &= 1 << UInt64(left) - 1 }
        place.storeBytes(of: word.littleEndian, as: UInt64.self)
        place += 8
        index += 1
        left -= 64
      }
    }
  }
}

/// A column chunk as it will stand in the file; offsets count from the start of the chunk.
struct EncodedChunk: Sendable {
  var bytes: [UInt8] = []
  var metadata = ChunkMetadata()
  var columnIndex: ColumnIndex?
  var offsetIndex = OffsetIndex()

  /// Makes room for pages of so many bits of values, so that bytes are not moved about.
  mutating func reserve(bits: Int, pages: Int) { bytes.reserveCapacity(bits / 8 + metadata.valueCount / 8 + pages * 64 + 4096) }

  /// Appends a page with its header.
  mutating func append(
    _ type: PageType, body: UnsafeRawBufferPointer, valueCount: Int, encoding: PageEncoding, firstRow: Int,
    compressor: Compressor
  ) throws(ParquetError) {
    guard body.count <= Int(Int32.max) else {
      throw .usage("a page of \(body.count) bytes: the format allows \(Int32.max); write fewer rows in a page")
    }
    let compressed = try compressor.compress(body)
    guard compressed.count <= Int(Int32.max) else {
      throw .usage("a page of \(compressed.count) bytes: the format allows \(Int32.max); write fewer rows in a page")
    }
    var header = PageHeader()
    header.type = type
    header.uncompressedSize = body.count
    header.compressedSize = compressed.count
    header.checksum = Checksum.crc32(compressed)
    header.valueCount = valueCount
    header.encoding = encoding.rawValue
    var writer = CompactWriter()
    header.write(to: &writer)
    let offset = bytes.count
    bytes.append(contentsOf: writer.bytes)
    bytes.append(contentsOf: compressed)
    metadata.uncompressedSize += writer.bytes.count + body.count
    metadata.compressedSize += writer.bytes.count + compressed.count
    if type == .dictionary {
      metadata.dictionaryPageOffset = offset
    } else {
      if offsetIndex.pages.isEmpty { metadata.dataPageOffset = offset }
      offsetIndex.pages.append(.init(offset: offset, size: bytes.count - offset, firstRow: firstRow))
    }
  }

  /// Fills in what depends on the encodings used.
  mutating func describe(type: PhysicalType, values: Int, required: Bool, dictionary: Bool) {
    metadata.type = type
    metadata.valueCount = values
    var encodings: [PageEncoding] = [.plain]
    if !required { encodings.append(.rle) }
    if dictionary { encodings.append(.rleDictionary) }
    metadata.encodings = encodings.map(\.rawValue)
    let data: PageEncoding = dictionary ? .rleDictionary : .plain
    metadata.encodingCounts = [EncodingCount(page: .data, encoding: data, count: offsetIndex.pages.count)]
    if dictionary { metadata.encodingCounts.append(EncodingCount(page: .dictionary, encoding: .plain, count: 1)) }
  }

  /// Fills in statistics and column index from the bounds of each page, nil for a page without values.
  mutating func describe(
    bounds: [(minimum: Bound, maximum: Bound?)?], order: ColumnIndex.Order, chunk: (minimum: Bound, maximum: Bound?)?,
    cuts: [PageCut], countsNaN: Bool
  ) {
    let nulls = cuts.map { $0.rows.count - $0.present }
    metadata.statistics = Statistics(
      nullCount: nulls.reduce(0, +), nanCount: countsNaN ? 0 : nil, minimum: chunk?.minimum.bytes,
      maximum: chunk?.maximum?.bytes, minimumIsExact: chunk?.minimum.isExact ?? true,
      maximumIsExact: chunk?.maximum?.isExact ?? true)
    // Old readers fail on the index of a chunk without values, and an upper bound that cannot be given leaves no index.
    guard chunk != nil, !bounds.contains(where: { $0 != nil && $0?.maximum == nil }) else { return }
    columnIndex = ColumnIndex(
      nullPages: bounds.map { $0 == nil }, minima: bounds.map { $0?.minimum.bytes ?? [] },
      maxima: bounds.map { $0?.maximum?.bytes ?? [] }, order: order, nullCounts: nulls.map(Int64.init),
      nanCounts: countsNaN ? [Int64](repeating: 0, count: bounds.count) : nil)
  }
}

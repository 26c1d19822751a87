import CByteMasks
import Tabular

/// Encodes one column of one row group after the other.
///
/// Holds its working memory; not for sharing between threads.
final class ChunkEncoder {
  private let pageRows: Int
  let compressor: Compressor
  let table = DistinctTable()
  let body = ByteStore(capacity: 1 << 16)
  let indices = ByteStore(capacity: 1 << 16)
  let levels = ByteStore()
  private let compacted = ByteStore(capacity: 1 << 16)

  init(_ options: ParquetWriterOptions) throws(ParquetError) {
    pageRows = options.pageRows
    compressor = try Compressor(options.codec, zstdLevel: options.zstdLevel)
  }

  /// The chunk of the rows `rows` of `column`, its pages compressed by `codec`: that of the options or none.
  func encode(
    _ column: Column, rows: Range<Int>, required: Bool, codec: ParquetCodec
  ) throws(ParquetError) -> EncodedChunk {
    compressor.codec = codec
    let cuts = PageCut.cuts(rows: rows, pageRows: pageRows, missing: column.missing)
    let complete = cuts.allSatisfy { $0.present == $0.rows.count }
    let place = ChunkPlace(rows: rows, cuts: cuts, missing: complete ? nil : column.missing, required: required)
    switch column {
    case .float64(let c): return try numbers(c.values, place)
    case .int64(let c): return try numbers(c.values, place)
    case .date(let c): return try numbers(c.values, place)
    case .bool(let c): return try bools(c.values, place)
    case .string(let c): return try strings(c, place)
    }
  }

  /// The values of the rows that hold one, one after the other.
  ///
  /// Valid until the next call.
  func present<V: BitwiseCopyable>(_ values: UnsafePointer<V>, _ place: ChunkPlace) -> UnsafePointer<V> {
    let source = values + place.rows.lowerBound
    guard let missing = place.missing else { return source }
    let out = compacted.room(for: place.present + 4, of: V.self)
    let count = place.rows.count
    missing.reasons.withUnsafeBufferPointer { reasons in
      guard count > 0, let reason = reasons.baseAddress.map({ $0 + place.rows.lowerBound }) else { return }
      if MemoryLayout<V>.size == 8 {
        _ = peil_compact(source, reason, count, out)
        return
      }
      var filled = 0
      for i in 0..<count {
        // Written in any case; the place only moves on behind a value. The last row may write one too many.
        out[filled] = source[i]
        filled &+= reason[i] == 0 ? 1 : 0
      }
    }
    return UnsafePointer(out)
  }

  /// Writes the definition levels of a page.
  func putLevels(_ cut: PageCut, _ place: ChunkPlace, to out: inout ByteCursor) {
    guard !place.required else { return }
    let length = out.next
    out.put(UInt32(0))
    let count = cut.rows.count
    if cut.present == count || cut.present == 0 {
      out.putVarint(UInt64(count) << 1)
      out.put(UInt8(cut.present == 0 ? 0 : 1))
    } else if let missing = place.missing {
      let bits = levels.room(for: count / 8 + 16, of: UInt8.self)
      let first = place.rows.lowerBound + cut.rows.lowerBound
      missing.packBits(of: first..<(first + count), to: bits)
      HybridEncoder.encode(bits: bits, count: count, to: &out)
    }
    length.storeBytes(of: UInt32(out.next - length - 4).littleEndian, as: UInt32.self)
  }

  /// Bytes that the definition levels of a page take at most.
  func levelBound(_ cut: PageCut) -> Int { 4 + HybridEncoder.bound(count: cut.rows.count, width: 1) }

  /// Writes a page of places in the dictionary.
  func putIndices(
    _ indices: UnsafePointer<UInt32>, width: Int, cut: PageCut, _ place: ChunkPlace, to chunk: inout EncodedChunk
  ) throws(ParquetError) {
    let start = body.room(
      for: levelBound(cut) + 1 + HybridEncoder.bound(count: cut.present, width: width), of: UInt8.self)
    var out = ByteCursor(start)
    putLevels(cut, place, to: &out)
    out.put(UInt8(width))
    HybridEncoder.encode(indices, count: cut.present, width: width, to: &out)
    try putPage(from: start, to: out, .rleDictionary, cut, &chunk)
  }

  /// Writes the data page that stands between `start` and `end`.
  func putPage(
    from start: UnsafeMutablePointer<UInt8>, to end: ByteCursor, _ encoding: PageEncoding, _ cut: PageCut,
    _ chunk: inout EncodedChunk
  ) throws(ParquetError) {
    let bytes = UnsafeRawBufferPointer(start: start, count: UnsafeRawPointer(end.next) - UnsafeRawPointer(start))
    try chunk.append(
      .data, body: bytes, valueCount: cut.rows.count, encoding: encoding, firstRow: cut.rows.lowerBound,
      compressor: compressor)
  }
}

/// Which rows of a column a chunk takes, and how its pages are cut.
struct ChunkPlace {
  /// Rows of the column.
  var rows: Range<Int>
  var cuts: [PageCut]
  /// Nil when every row of the chunk holds a value.
  var missing: MissingMask?
  var required: Bool

  /// Rows that hold a value.
  var present: Int { cuts.reduce(0) { $0 + $1.present } }
}

extension ChunkEncoder {
  /// A chunk of numbers or days: by dictionary when that pays, otherwise plain.
  private func numbers<V: PlainNumber>(_ values: [V], _ place: ChunkPlace) throws(ParquetError) -> EncodedChunk {
    try withPointer(values) { (base) throws(ParquetError) in
      let dense = self.present(base, place)
      let count = place.present
      let places = indices.room(for: count, of: UInt32.self)
      let distinct = dense.withMemoryRebound(to: V.Bits.self, capacity: count) {
        table.index($0, count: count, into: places)
      }
      var chunk = EncodedChunk()
      let width = distinct.map { bitWidth(of: $0 - 1) } ?? 0
      chunk.reserve(bits: count * (distinct == nil ? 8 * MemoryLayout<V>.size : width), cuts: place.cuts)
      if let distinct { try putDictionary(of: V.self, distinct, to: &chunk) }
      var bounds: [(minimum: V, maximum: V)?] = []
      var start = 0
      for cut in place.cuts {
        if distinct != nil {
          try putIndices(places + start, width: width, cut: cut, place, to: &chunk)
        } else {
          try putPlain(dense + start, cut, place, to: &chunk)
        }
        bounds.append(Self.bounds(dense + start, count: cut.present))
        start += cut.present
      }
      chunk.describe(
        type: V.physicalType, values: place.rows.count, required: place.required, dictionary: distinct != nil)
      Self.describe(&chunk, bounds, place.cuts)
      return chunk
    }
  }

  private func putDictionary<V: PlainNumber>(
    of type: V.Type, _ distinct: Int, to chunk: inout EncodedChunk
  ) throws(ParquetError) {
    let out = body.room(for: distinct, of: V.Bits.self)
    for i in 0..<distinct { out[i] = V.Bits(truncatingIfNeeded: table.values[i]) }
    try chunk.append(
      .dictionary, body: UnsafeRawBufferPointer(start: out, count: distinct * MemoryLayout<V>.size),
      valueCount: distinct, encoding: .plain, firstRow: 0, compressor: compressor)
  }

  private func putPlain<V: PlainNumber>(
    _ values: UnsafePointer<V>, _ cut: PageCut, _ place: ChunkPlace, to chunk: inout EncodedChunk
  ) throws(ParquetError) {
    let size = cut.present * MemoryLayout<V>.size
    let start = body.room(for: levelBound(cut) + size, of: UInt8.self)
    var out = ByteCursor(start)
    putLevels(cut, place, to: &out)
    out.put(values, count: size)
    try putPage(from: start, to: out, .plain, cut, &chunk)
  }

  /// The least and the greatest of `count` values; nil when there are none.
  ///
  /// Four lanes, so that steps overlap.
  private static func bounds<V: PlainNumber>(
    _ values: UnsafePointer<V>, count: Int
  ) -> (minimum: V, maximum: V)? {
    guard count > 0 else { return nil }
    var (a, b, c, d) = (values[0], values[0], values[0], values[0])
    var (p, q, r, s) = (a, a, a, a)
    var i = 0
    while i + 4 <= count {
      let (w, x, y, z) = (values[i], values[i + 1], values[i + 2], values[i + 3])
      a = w < a ? w : a
      b = x < b ? x : b
      c = y < c ? y : c
      d = z < d ? z : d
      p = p < w ? w : p
      q = q < x ? x : q
      r = r < y ? y : r
      s = s < z ? z : s
      i += 4
    }
    while i < count {
      a = values[i] < a ? values[i] : a
      p = p < values[i] ? values[i] : p
      i += 1
    }
    return (min(min(a, b), min(c, d)), max(max(p, q), max(r, s)))
  }

  private static func describe<V: PlainNumber>(
    _ chunk: inout EncodedChunk, _ bounds: [(minimum: V, maximum: V)?], _ cuts: [PageCut]
  ) {
    let stated = bounds.map { $0.map { (minimum: $0.minimum.asMinimum, maximum: $0.maximum.asMaximum) } }
    let known = stated.compactMap { $0 }
    let whole = known.dropFirst().reduce(known.first) { sum, next in
      sum.map { (minimum: min($0.minimum, next.minimum), maximum: max($0.maximum, next.maximum)) }
    }
    func bytes(_ pair: (minimum: V, maximum: V)) -> (minimum: Bound, maximum: Bound?) {
      (Bound(bytes: pair.minimum.bytes), Bound(bytes: pair.maximum.bytes))
    }
    chunk.describe(
      bounds: stated.map { $0.map(bytes) }, order: boundaryOrder(known, <), chunk: whole.map(bytes), cuts: cuts,
      countsNaN: V.hasNaN)
  }

  /// A chunk of truth values: plain bits.
  private func bools(_ values: [UInt8], _ place: ChunkPlace) throws(ParquetError) -> EncodedChunk {
    try withPointer(values) { (base) throws(ParquetError) in
      let dense = self.present(base, place)
      var chunk = EncodedChunk()
      var bounds: [(minimum: UInt8, maximum: UInt8)?] = []
      var first = 0
      for cut in place.cuts {
        let start = body.room(for: levelBound(cut) + cut.present / 8 + 1, of: UInt8.self)
        var out = ByteCursor(start)
        putLevels(cut, place, to: &out)
        let page = dense + first
        var (minimum, maximum): (UInt8, UInt8) = (1, 0)
        for byte in 0..<((cut.present + 7) / 8) {
          var bits: UInt8 = 0
          for bit in 0..<min(8, cut.present - byte * 8) {
            let value: UInt8 = page[byte * 8 + bit] == 0 ? 0 : 1
            bits |= value << UInt8(bit)
            minimum = min(minimum, value)
            maximum = max(maximum, value)
          }
          out.put(bits)
        }
        try putPage(from: start, to: out, .plain, cut, &chunk)
        bounds.append(cut.present == 0 ? nil : (minimum, maximum))
        first += cut.present
      }
      chunk.describe(type: .boolean, values: place.rows.count, required: place.required, dictionary: false)
      let known = bounds.compactMap { $0 }
      func bytes(_ pair: (minimum: UInt8, maximum: UInt8)) -> (minimum: Bound, maximum: Bound?) {
        (Bound(bytes: [pair.minimum]), Bound(bytes: [pair.maximum]))
      }
      let whole = known.isEmpty ? nil : (known.map(\.minimum).min() ?? 0, known.map(\.maximum).max() ?? 0)
      chunk.describe(
        bounds: bounds.map { $0.map(bytes) }, order: boundaryOrder(known, <), chunk: whole.map(bytes),
        cuts: place.cuts, countsNaN: false)
      return chunk
    }
  }
}

/// The elements of `list` as a pointer; an empty list gives a pointer that is not followed.
func withPointer<E, R>(
  _ list: [E], _ body: (UnsafePointer<E>) throws(ParquetError) -> R
) throws(ParquetError) -> R {
  try list.withUnsafeBufferPointer { (buffer) throws(ParquetError) in
    guard let base = buffer.baseAddress else { throw .usage("a chunk without rows") }
    return try body(base)
  }
}

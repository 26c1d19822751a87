import Tabular

extension ChunkEncoder {
  /// A chunk of texts: coded again to the texts that occur in the chunk, by dictionary when that pays.
  func strings(_ column: StringColumn, _ place: ChunkPlace) throws(ParquetError) -> EncodedChunk {
    try withPointer(column.codes) { (codes) throws(ParquetError) in
      try withPointer(column.dictionary.offsets) { (offsets) throws(ParquetError) in
        try column.dictionary.bytes.withUnsafeBufferPointer { (bytes) throws(ParquetError) in
          let dense = self.present(codes, place)
          let texts = ChunkTexts(
            dense, count: place.present, bytes: UnsafeRawBufferPointer(bytes), offsets: offsets, dictionaryCount: column.dictionary.count,
            places: indices)
          defer { texts.release() }
          return try strings(texts, place)
        }
      }
    }
  }

  private func strings(_ texts: ChunkTexts, _ place: ChunkPlace) throws(ParquetError) -> EncodedChunk {
    let width = bitWidth(of: max(0, texts.used.count - 1))
    let coded = texts.dictionarySize + place.present * width / 8 + 30
    let pays = !texts.used.isEmpty && Double(coded) < 0.8 * Double(texts.plainSize)
    var chunk = EncodedChunk()
    if pays {
      let start = body.room(for: texts.dictionarySize, of: UInt8.self)
      var out = ByteCursor(start)
      for place in 0..<UInt32(texts.used.count) { texts.put(place, to: &out) }
      let bytes = UnsafeRawBufferPointer(start: start, count: texts.dictionarySize)
      try chunk.append(
        .dictionary, body: bytes, valueCount: texts.used.count, encoding: .plain, firstRow: 0, compressor: compressor)
    }
    var bounds: [(minimum: UInt32, maximum: UInt32)?] = []
    var first = 0
    for cut in place.cuts {
      let page = texts.places + first
      if pays {
        try putIndices(page, width: width, cut: cut, place, to: &chunk)
      } else {
        try putTexts(texts, page, cut, place, to: &chunk)
      }
      bounds.append(texts.bounds(page, count: cut.present, page: UInt32(bounds.count)))
      first += cut.present
    }
    chunk.describe(type: .byteArray, values: place.rows.count, required: place.required, dictionary: pays)
    describe(&chunk, bounds, texts, place.cuts)
    return chunk
  }

  private func putTexts(
    _ texts: ChunkTexts, _ places: UnsafePointer<UInt32>, _ cut: PageCut, _ place: ChunkPlace,
    to chunk: inout EncodedChunk
  ) throws(ParquetError) {
    var size = 0
    for i in 0..<cut.present { size += texts.size(of: places[i]) }
    let start = body.room(for: levelBound(cut) + size, of: UInt8.self)
    var out = ByteCursor(start)
    putLevels(cut, place, to: &out)
    for i in 0..<cut.present { texts.put(places[i], to: &out) }
    try putPage(from: start, to: out, .plain, cut, &chunk)
  }

  private func describe(
    _ chunk: inout EncodedChunk, _ bounds: [(minimum: UInt32, maximum: UInt32)?], _ texts: ChunkTexts, _ cuts: [PageCut]
  ) {
    let known = bounds.compactMap { $0 }
    let whole = known.dropFirst().reduce(known.first) { sum, next in
      sum.map {
        (
          minimum: texts.isLess(next.minimum, $0.minimum) ? next.minimum : $0.minimum,
          maximum: texts.isLess($0.maximum, next.maximum) ? next.maximum : $0.maximum
        )
      }
    }
    func stated(_ pair: (minimum: UInt32, maximum: UInt32)) -> (minimum: Bound, maximum: Bound?) {
      (TextBounds.minimum(texts[pair.minimum]), TextBounds.maximum(texts[pair.maximum]))
    }
    let pages = bounds.map { $0.map(stated) }
    // The order is that of the bounds as written: they may have been cut short.
    let written = pages.compactMap { $0 }.map { (minimum: $0.minimum.bytes, maximum: $0.maximum?.bytes ?? []) }
    chunk.describe(
      bounds: pages, order: boundaryOrder(written) { $0.lexicographicallyPrecedes($1) }, chunk: whole.map(stated),
      cuts: cuts, countsNaN: false)
  }
}

/// The texts of a chunk, each with its place in order of first appearance.
private struct ChunkTexts {
  /// The place of each row's text, rows without a value left out.
  let places: UnsafeMutablePointer<UInt32>
  /// The code in the column's dictionary of each place.
  let used: [UInt32]
  /// Bytes of the texts with their lengths, each once.
  let dictionarySize: Int
  /// Bytes of the texts with their lengths, once for each row.
  let plainSize: Int
  private let bytes: UnsafeRawBufferPointer
  private let offsets: UnsafePointer<UInt32>
  /// The page in which a place was last seen.
  private let seen: UnsafeMutablePointer<UInt32>

  init(
    _ codes: UnsafePointer<UInt32>, count: Int, bytes: UnsafeRawBufferPointer, offsets: UnsafePointer<UInt32>,
    dictionaryCount: Int, places store: ByteStore
  ) {
    self.bytes = bytes
    self.offsets = offsets
    let places = store.room(for: count, of: UInt32.self)
    self.places = places
    var used: [UInt32] = []
    var plain = 0
    var map = [UInt32](repeating: .max, count: dictionaryCount)
    var dictionarySize = 0
    map.withUnsafeMutableBufferPointer { map in
      for i in 0..<count {
        let code = Int(codes[i])
        let size = 4 + Int(offsets[code + 1] &- offsets[code])
        plain += size
        if map[code] == .max {
          map[code] = UInt32(truncatingIfNeeded: used.count)
          used.append(codes[i])
          dictionarySize += size
        }
        places[i] = map[code]
      }
    }
    plainSize = plain
    self.used = used
    self.dictionarySize = dictionarySize
    seen = .allocate(capacity: max(1, used.count))
    seen.initialize(repeating: .max, count: max(1, used.count))
  }

  func release() { seen.deallocate() }

  /// Bytes that the text at `place` takes with its length.
  func size(of place: UInt32) -> Int {
    let code = Int(used[Int(place)])
    return 4 + Int(offsets[code + 1] - offsets[code])
  }

  /// The bytes of the text at `place`.
  subscript(place: UInt32) -> UnsafeRawBufferPointer {
    let code = Int(used[Int(place)])
    return UnsafeRawBufferPointer(rebasing: bytes[Int(offsets[code])..<Int(offsets[code + 1])])
  }

  func put(_ place: UInt32, to out: inout ByteCursor) {
    let text = self[place]
    out.put(UInt32(truncatingIfNeeded: text.count))
    if let start = text.baseAddress { out.put(start, count: text.count) }
  }

  func isLess(_ a: UInt32, _ b: UInt32) -> Bool { TextBounds.isLess(self[a], self[b]) }

  /// The places of the least and the greatest text of a page; each text is compared once a page.
  func bounds(_ places: UnsafePointer<UInt32>, count: Int, page: UInt32) -> (minimum: UInt32, maximum: UInt32)? {
    guard count > 0 else { return nil }
    var (minimum, maximum) = (places[0], places[0])
    seen[Int(places[0])] = page
    for i in 1..<max(1, count) where seen[Int(places[i])] != page {
      let place = places[i]
      seen[Int(place)] = page
      if isLess(place, minimum) { minimum = place } else if isLess(maximum, place) { maximum = place }
    }
    return (minimum, maximum)
  }
}

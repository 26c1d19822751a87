import Tabular

/// Puts the pages of one column together.
struct ColumnAssembly {
  private let name: String
  private let leaf: SchemaElement
  private let conversion: Conversion
  private let verifiesChecksums: Bool
  private var texts = StringDictionaryBuilder()
  private var float64: [Double] = []
  private var int64: [Int64] = []
  private var bool: [UInt8] = []
  private var date: [Int32] = []
  private var codes: [UInt32] = []
  private var reasons: [UInt8]?
  private var count = 0

  init(_ leaf: SchemaElement, _ conversion: Conversion, verifiesChecksums: Bool) {
    name = leaf.name
    self.leaf = leaf
    self.conversion = conversion
    self.verifiesChecksums = verifiesChecksums
  }

  /// The column of all chunks so far.
  consuming func build() -> Column {
    if reasons != nil { padReasons(to: count) }
    let mask = reasons.map { MissingMask(reasons: $0) }
    switch conversion.columnType {
    case .float64: return .float64(Float64Column(float64, missing: mask))
    case .int64: return .int64(Int64Column(int64, missing: mask))
    case .bool: return .bool(BoolColumn(bool, missing: mask))
    case .date: return .date(DateColumn(date, missing: mask))
    case .string: return .string(StringColumn(codes: codes, dictionary: texts.build(), missing: mask))
    }
  }

  /// Adds the chunk that `bytes` hold, which stand at `offset` in the file.
  mutating func append(_ chunk: ChunkMetadata, _ bytes: UnsafeRawBufferPointer, offset: Int) throws(ParquetError) {
    let codec = try PageCodec.readable(chunk.codec, column: name)
    var dictionary: DenseValues?
    var position = 0
    var left = chunk.valueCount
    while left > 0 {
      var reader = CompactReader(UnsafeRawBufferPointer(rebasing: bytes[position...]), origin: offset + position)
      let header = try PageHeader(from: &reader)
      let start = position + reader.position
      guard header.compressedSize <= bytes.count - start else {
        throw .corrupt(
          "column \"\(name)\": a page of \(header.compressedSize) bytes runs past its chunk", offset: offset + position)
      }
      position = start + header.compressedSize
      let body = PageBytes(
        UnsafeRawBufferPointer(rebasing: bytes[start..<position]), column: name, offset: offset + start)
      if verifiesChecksums, let stated = header.checksum, Checksum.crc32(body.bytes) != stated {
        throw .checksum(column: name, offset: offset + start)
      }
      switch header.type {
      case .index: continue
      case .dictionary: dictionary = try readDictionary(header, body, codec)
      case .data, .dataV2:
        guard header.valueCount <= left else {
          throw body.corrupt("\(header.valueCount) values where the chunk has \(left) left")
        }
        // A page without values would let damaged bytes keep the loop going only as long as they last.
        try readData(header, body, codec, dictionary)
        left -= header.valueCount
      }
    }
  }

  private mutating func readDictionary(
    _ header: PageHeader, _ body: PageBytes, _ codec: PageCodec
  ) throws(ParquetError) -> DenseValues {
    guard let type = leaf.type else { throw body.corrupt("a column without a type") }
    return try withPlain(body, codec, size: header.uncompressedSize) { (plain) throws(ParquetError) in
      guard header.encoding == PageEncoding.plain.rawValue || header.encoding == PageEncoding.plainDictionary.rawValue
      else { throw plain.corrupt("a dictionary in encoding \(header.encoding)") }
      guard type == .byteArray || header.valueCount <= max(1, plain.count) * 8 else {
        throw plain.corrupt("\(header.valueCount) values in \(plain.count) bytes")
      }
      let values = try PhysicalValues.decode(
        plain, type: type, width: Int(leaf.typeLength ?? 0), encoding: .plain, count: header.valueCount)
      return try conversion.convert(values, texts: &texts, plain)
    }
  }

  private mutating func readData(
    _ header: PageHeader, _ body: PageBytes, _ codec: PageCodec, _ dictionary: DenseValues?
  ) throws(ParquetError) {
    let optional = leaf.repetition == .optional
    if header.type == .dataV2 {
      let levelLength = header.definitionLength + header.repetitionLength
      let levels = try body.part(header.repetitionLength, length: header.definitionLength)
      let values = try body.part(levelLength)
      let valid = optional ? try validity(levels, header) : nil
      guard header.uncompressedSize >= levelLength else { throw body.corrupt("levels longer than the page") }
      let size = header.uncompressedSize - levelLength
      let plainCodec = header.isCompressed ? codec : .none
      return try withPlain(values, plainCodec, size: size) { (plain) throws(ParquetError) in
        try readValues(header, plain, valid, dictionary)
      }
    }
    try withPlain(body, codec, size: header.uncompressedSize) { (plain) throws(ParquetError) in
      guard optional else { return try readValues(header, plain, nil, dictionary) }
      if header.levelEncoding == PageEncoding.bitPacked.rawValue {
        // The deprecated form: highest bit first, no length.
        let part = try plain.part(0, length: (header.valueCount + 7) / 8)
        let valid = (0..<header.valueCount).map { UInt32(part.bytes[$0 / 8] >> UInt8(7 - $0 % 8) & 1) }
        return try readValues(header, try plain.part(part.count), valid, dictionary)
      }
      guard header.levelEncoding == PageEncoding.rle.rawValue else {
        throw plain.corrupt("definition levels in encoding \(header.levelEncoding)")
      }
      let length = try plain.length(at: 0)
      let valid = try validity(try plain.part(4, length: length), header)
      try readValues(header, try plain.part(4 + length), valid, dictionary)
    }
  }

  /// 1 for each row that holds a value and 0 for the others; nil when all do.
  private func validity(_ levels: PageBytes, _ header: PageHeader) throws(ParquetError) -> [UInt32]? {
    var position = 0
    if levels.count > 0 {
      let run = try levels.varint(at: &position)
      if run & 1 == 0, run >> 1 >= UInt64(header.valueCount), position < levels.count, levels.bytes[position] == 1 {
        return nil
      }
    }
    return try HybridDecoder.decode(levels, count: header.valueCount, width: 1)
  }

  private mutating func readValues(
    _ header: PageHeader, _ plain: PageBytes, _ valid: [UInt32]?, _ dictionary: DenseValues?
  ) throws(ParquetError) {
    guard let encoding = PageEncoding(rawValue: header.encoding), let type = leaf.type else {
      throw .unsupported(column: name, "encoding \(header.encoding) is not supported")
    }
    let present = valid.map { $0.reduce(0) { $0 + Int($1) } } ?? header.valueCount
    let values: DenseValues
    if encoding == .rleDictionary || encoding == .plainDictionary {
      guard let dictionary else { throw plain.corrupt("places in a dictionary that is not there") }
      // A page of nulls may end behind its levels.
      let width = plain.count == 0 ? 0 : Int(plain.bytes[0])
      guard plain.count > 0 || present == 0 else { throw plain.corrupt("its bytes end too early") }
      let indices = try HybridDecoder.decode(try plain.part(min(1, plain.count)), count: present, width: width)
      values = try dictionary.gathered(indices, plain)
    } else {
      let physical = try PhysicalValues.decode(
        plain, type: type, width: Int(leaf.typeLength ?? 0), encoding: encoding, count: present)
      values = try conversion.convert(physical, texts: &texts, plain)
    }
    place(values, valid, rows: header.valueCount)
  }

  /// The page's bytes without their compression.
  private func withPlain<R>(
    _ body: PageBytes, _ codec: PageCodec, size: Int, _ use: (PageBytes) throws(ParquetError) -> R
  ) throws(ParquetError) -> R {
    if codec == .none {
      guard size == body.count else { throw body.corrupt("\(body.count) bytes where \(size) are stated") }
      return try use(body)
    }
    let bytes = try codec.decompress(body, size: size)
    return try bytes.withUnsafeBufferPointer { (buffer) throws(ParquetError) in
      try use(PageBytes(UnsafeRawBufferPointer(buffer), column: name, offset: body.offset))
    }
  }
}

extension ColumnAssembly {
  /// Puts the values of a page in the rows that hold one.
  private mutating func place(_ values: DenseValues, _ valid: [UInt32]?, rows: Int) {
    if let valid {
      padReasons(to: count)
      let missing = MissingReason.unspecified.rawValue
      reasons?.append(contentsOf: valid.lazy.map { $0 == 0 ? missing : 0 })
    }
    let before = count
    count += rows
    switch values {
    case .float64(let v):
      Self.scatter(v, valid, into: &float64, zero: 0)
      // Columns know no NaN: it is a missing value.
      for row in before..<count where float64[row].isNaN {
        float64[row] = 0
        padReasons(to: count)
        reasons?[row] = MissingReason.unspecified.rawValue
      }
    case .int64(let v): Self.scatter(v, valid, into: &int64, zero: 0)
    case .bool(let v): Self.scatter(v, valid, into: &bool, zero: 0)
    case .date(let v): Self.scatter(v, valid, into: &date, zero: 0)
    case .string(let v): Self.scatter(v, valid, into: &codes, zero: 0)
    }
  }

  /// Makes the list of reasons `rows` long: rows behind its end hold values.
  private mutating func padReasons(to rows: Int) {
    let filled = reasons?.count ?? 0
    if reasons == nil { reasons = [] }
    if filled < rows { reasons?.append(contentsOf: repeatElement(0, count: rows - filled)) }
  }

  private static func scatter<E: BitwiseCopyable>(_ values: [E], _ valid: [UInt32]?, into list: inout [E], zero: E) {
    guard let valid else { return list.append(contentsOf: values) }
    list.reserveCapacity(list.count + valid.count)
    var next = 0
    for level in valid {
      if level == 0 {
        list.append(zero)
      } else {
        list.append(values[next])
        next += 1
      }
    }
  }
}

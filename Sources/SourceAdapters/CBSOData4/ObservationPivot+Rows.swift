import PipelineKit
import Tabular

extension ObservationPivot {
  /// Hands on the rows, a block at a time, and frees what has been handed on.
  func handOn(_ receive: (Batch) -> ReadControl) {
    let dictionaries = dimensions.map { columns[$0].builder.build() }
    let textDictionaries = texts.map { $0.build() }
    let total = rows.count
    context.count(read: total)
    context.note(
      "\(observations) observations became \(total) rows of \(stored.count) measures"
        + (leftOut > 0 ? "; \(leftOut) are of measures that were not asked for" : ""))
    while total > blocks.count * blockRows { addBlock() }
    for (number, block) in blocks.enumerated() {
      let first = number * blockRows
      let count = min(blockRows, total - first)
      if count <= 0 { break }
      let table = table(block, first, count, dictionaries, textDictionaries)
      if receive(Batch(table)) == .stop { return }
    }
  }

  private func table(
    _ block: Block, _ first: Int, _ count: Int, _ dictionaries: [StringDictionary], _ texts: [StringDictionary]
  ) -> Table {
    var result: [Column] = []
    result.reserveCapacity(schema.count)
    for field in schema.fields {
      if let j = dimensions.firstIndex(where: { header.names[$0] == field.name }) {
        result.append(.string(StringColumn(codes: rows.codes(j, first, count), dictionary: dictionaries[j])))
      } else if let place = stored.firstIndex(where: { measures[$0].identifier == field.name }) {
        result.append(column(block, place, count, texts[place]))
      }
    }
    do { return try Table(schema: schema, columns: result) } catch { preconditionFailure("pivot: \(error)") }
  }

  private func column(_ block: Block, _ place: Int, _ count: Int, _ dictionary: StringDictionary) -> Column {
    let missing = absent.rawValue
    var anyMissing: UInt8 = 0
    let reasons = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      for row in 0..<count {
        let found = block.reasons[row * width + place]
        let reason = found == Self.noObservation ? missing : found
        buffer[row] = reason
        anyMissing |= reason
      }
      filled = count
    }
    let mask = anyMissing == 0 ? nil : MissingMask(reasons: reasons)
    if isText[place] {
      let codes = (0..<count).map { UInt32(block.values[$0 * width + place]) }
      return .string(StringColumn(codes: codes, dictionary: dictionary, missing: mask))
    }
    let values = [Double](unsafeUninitializedCapacity: count) { buffer, filled in
      for row in 0..<count { buffer[row] = block.values[row * width + place] }
      filled = count
    }
    return .float64(Float64Column(values, missing: mask))
  }
}

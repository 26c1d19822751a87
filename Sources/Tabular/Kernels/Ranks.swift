/// The ranks of a column's rows: places in a list of its values in order.
protocol Ranks {
  /// The value of each row, where `values` holds one for each rank.
  func pick<E: BitwiseCopyable>(_ values: [E]) -> [E]
}

/// A rank for each row.
struct ListedRanks: Ranks {
  let ranks: UnsafeBufferPointer<UInt32>

  init(_ ranks: UnsafeBufferPointer<UInt32>) { self.ranks = ranks }

  func pick<E: BitwiseCopyable>(_ values: [E]) -> [E] {
    [E](unsafeUninitializedCapacity: ranks.count) { out, filled in
      values.withUnsafeBufferPointer { values in for row in ranks.indices { out[row] = values[Int(ranks[row])] } }
      filled = ranks.count
    }
  }
}

/// A place for each row in a table of ranks.
struct TabledRanks: Ranks {
  let places: UnsafeBufferPointer<UInt32>
  let table: [UInt32]

  func pick<E: BitwiseCopyable>(_ values: [E]) -> [E] { ListedRanks(places).pick(table.map { values[Int($0)] }) }
}

/// Ranks that count up, each as many rows as its length: the rank of length i is `i / step % width`.
struct RunsOfRanks: Ranks {
  let lengths: [UInt32]
  let step: Int
  let width: Int
  /// All rows.
  let count: Int

  func pick<E: BitwiseCopyable>(_ values: [E]) -> [E] {
    [E](unsafeUninitializedCapacity: count) { out, filled in
      var row = 0
      for (i, length) in lengths.enumerated() {
        let value = values[i / step % width]
        let end = row + Int(length)
        while row < end {
          out[row] = value
          row &+= 1
        }
      }
      filled = count
    }
  }
}

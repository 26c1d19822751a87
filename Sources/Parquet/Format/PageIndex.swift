/// Minimum, maximum and nulls of every page of a chunk.
struct ColumnIndex: Sendable, Equatable {
  /// How the pages follow each other.
  enum Order: Int32, Sendable {
    case unordered = 0
    case ascending = 1
    case descending = 2
  }

  var nullPages: [Bool] = []
  var minima: [[UInt8]] = []
  var maxima: [[UInt8]] = []
  var order: Order = .unordered
  var nullCounts: [Int64] = []
  /// Floating point columns only.
  var nanCounts: [Int64]?

  func write(to out: inout CompactWriter) {
    out.structure { w in
      w.field(1, bools: nullPages)
      w.field(2, binaries: minima)
      w.field(3, binaries: maxima)
      w.field(4, i32: order.rawValue)
      w.field(5, i64s: nullCounts)
      if let nanCounts { w.field(8, i64s: nanCounts) }
    }
  }
}

/// Where every page of a chunk stands.
struct OffsetIndex: Sendable, Equatable {
  /// One page: its offset in the file and its size, both with the header, and its first row within the row group.
  struct Location: Sendable, Equatable {
    var offset: Int
    var size: Int
    var firstRow: Int
  }

  var pages: [Location] = []

  func write(to out: inout CompactWriter) {
    out.structure { w in
      w.field(1, structures: pages) {
        $0.field(1, i64: Int64($1.offset))
        $0.field(2, i32: Int32($1.size))
        $0.field(3, i64: Int64($1.firstRow))
      }
    }
  }
}

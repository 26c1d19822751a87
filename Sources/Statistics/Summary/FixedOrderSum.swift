/// Sums whose order of addition hangs on the row numbers alone.
enum FixedOrderSum {
  /// Sums `term` over the present rows.
  @inline(__always)
  static func sum(_ view: ValueView, _ term: (Double) -> Double) -> Double {
    var total = NeumaierSum()
    guard let values = view.values.baseAddress else { return 0 }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 64) { memory in
      guard let scratch = memory.baseAddress else { return }
      for index in 0..<view.wordCount {
        let bits = view.word(index)
        let first = values + index << 6
        if bits == .max {
          total.add(lanes(first, term))
        } else {
          for row in 0..<64 { scratch[row] = 0 }
          for row in 0..<min(64, view.count - index << 6) {
            let result = term(first[row])
            scratch[row] = bits >> UInt64(truncatingIfNeeded: row) & 1 == 1 ? result : 0
          }
          total.add(lanes(scratch) { $0 })
        }
      }
    }
    return total.value
  }

  /// Sums `term` over the rows that are present in both views, which are equally long.
  @inline(__always)
  static func sum(_ one: ValueView, _ other: ValueView, _ term: (Double, Double) -> Double) -> Double {
    var total = NeumaierSum()
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 64) { memory in
      guard let scratch = memory.baseAddress else { return }
      for index in 0..<one.wordCount {
        let bits = one.word(index) & other.word(index)
        let first = index << 6
        for row in 0..<64 { scratch[row] = 0 }
        for row in 0..<min(64, one.count - first) {
          let result = term(one.values[first + row], other.values[first + row])
          scratch[row] = bits >> UInt64(truncatingIfNeeded: row) & 1 == 1 ? result : 0
        }
        total.add(lanes(scratch) { $0 })
      }
    }
    return total.value
  }

  /// The smallest and the largest present value; infinities when there are none.
  static func extremes(_ view: ValueView) -> (lowest: Double, highest: Double) {
    var low = Double.infinity
    var high = -Double.infinity
    for index in 0..<view.wordCount {
      let bits = view.word(index)
      let first = index << 6
      let rows = min(64, view.count - first)
      if bits == .max {
        for row in first..<(first + 64) {
          let value = view.values[row]
          low = value < low ? value : low
          high = value > high ? value : high
        }
      } else {
        for row in 0..<rows {
          let present = bits >> UInt64(truncatingIfNeeded: row) & 1 == 1
          let value = view.values[first + row]
          low = present && value < low ? value : low
          high = present && value > high ? value : high
        }
      }
    }
    return (low, high)
  }

  /// Sums 64 terms in eight interleaved partial sums, joined pairwise.
  @inline(__always)
  private static func lanes(_ values: UnsafePointer<Double>, _ term: (Double) -> Double) -> Double {
    var lanes = SIMD8<Double>(repeating: 0)
    for row in stride(from: 0, to: 64, by: 8) {
      for lane in 0..<8 { lanes[lane] += term(values[row + lane]) }
    }
    return joined(lanes)
  }

  @inline(__always)
  private static func joined(_ lanes: SIMD8<Double>) -> Double {
    let four = lanes.lowHalf + lanes.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}

/// A sum that keeps what rounding loses (Neumaier 1974).
struct NeumaierSum {
  private var sum = 0.0
  private var lost = 0.0

  mutating func add(_ term: Double) {
    let next = sum + term
    if abs(sum) >= abs(term) { lost += (sum - next) + term } else { lost += (term - next) + sum }
    sum = next
  }

  var value: Double { sum.isFinite ? sum + lost : sum }
}

extension Sequence where Element == Double {
  /// The sum in the order of the sequence, compensated for rounding.
  var compensatedSum: Double {
    var sum = NeumaierSum()
    for term in self { sum.add(term) }
    return sum.value
  }
}

/// One value a group from the rows of the group.
///
/// Missing cells are left out; a result over no values is missing with the reason `undefined`, except that counts are
/// 0.
///
/// Sums of numbers with decimals run in row order and carry the rounding error of every addition along (Neumaier, 1974,
/// ZAMM 54), so that the result depends on the rows and their order alone.
public enum Reduction {
  /// The number of rows of each group.
  public static func count(_ groups: Grouping) -> Int64Column { Int64Column(groups.sizes.map { Int64($0) }) }

  /// The number of rows of each group in which `column` has a value.
  public static func count(_ column: Column, _ groups: Grouping) -> Int64Column {
    Int64Column(present(column.missing, groups).map { Int64($0) })
  }

  /// The number of rows of each group in which the condition is true.
  public static func countTrue(_ condition: BoolColumn, _ groups: Grouping) -> Int64Column {
    Int64Column(trues(condition, groups).map { Int64($0) })
  }

  /// The number of different values in each group.
  public static func countDistinct(_ column: Column, _ groups: Grouping) -> Int64Column {
    var counts = [Int64](repeating: 0, count: groups.count)
    let outer = KeyRanks(ranks: groups.groups.map { UInt32(bitPattern: $0) }, cardinality: groups.count)
    let pairs = Grouping(outer.combined(with: KeyRanks(of: column)).compacted())
    for row in pairs.representatives where row >= 0 && column.missing?.isPresent(Int(row)) ?? true {
      counts[Int(groups.groups[Int(row)])] += 1
    }
    return Int64Column(counts)
  }

  /// The share of the rows of each group in which the condition is true, among those in which it is true or false.
  public static func shareTrue(_ condition: BoolColumn, _ groups: Grouping) -> Float64Column {
    let counts = present(condition.missing, groups)
    let trues = trues(condition, groups)
    return defined(counts.indices.map { counts[$0] > 0 ? Double(trues[$0]) / Double(counts[$0]) : .nan })
  }

  /// Whether the condition is true in any row of each group.
  public static func anyTrue(_ condition: BoolColumn, _ groups: Grouping) -> BoolColumn {
    decided(condition, groups) { trues, _ in trues > 0 }
  }

  /// Whether the condition is true in all rows of each group.
  public static func allTrue(_ condition: BoolColumn, _ groups: Grouping) -> BoolColumn {
    decided(condition, groups) { trues, count in trues == count }
  }

  /// The sum of each group.
  public static func sum(_ x: Float64Column, _ groups: Grouping) -> Float64Column {
    let counts = present(x.missing, groups)
    let sums = sums(groups) { x.values[$0] }
    return defined(sums.indices.map { counts[$0] > 0 ? sums[$0] : .nan })
  }

  /// The sum of each group; beyond 64 bits: undefined.
  public static func sum(_ x: Int64Column, _ groups: Grouping) -> Int64Column {
    var sums = [Int128](repeating: 0, count: groups.count)
    groups.groups.withUnsafeBufferPointer { groups in
      x.values.withUnsafeBufferPointer { values in
        sums.withUnsafeMutableBufferPointer { sums in
          for row in groups.indices { sums[Int(groups[row])] &+= Int128(values[row]) }
        }
      }
    }
    return whole(sums, present(x.missing, groups).map { Int64($0) })
  }

  /// Sums of so many values each as whole numbers: undefined where there is no value, or beyond 64 bits.
  static func whole(_ sums: [Int128], _ counts: [Int64]) -> Int64Column {
    var reasons = [UInt8](repeating: 0, count: sums.count)
    var values = [Int64](repeating: 0, count: sums.count)
    for group in sums.indices {
      if counts[group] > 0, let sum = Int64(exactly: sums[group]) {
        values[group] = sum
      } else {
        reasons[group] = MissingReason.undefined.rawValue
      }
    }
    return Int64Column(values, missing: MissingMask(reasons: reasons))
  }

  /// The mean of each group.
  public static func mean(_ x: Float64Column, _ groups: Grouping) -> Float64Column {
    defined(means(x, present(x.missing, groups), groups))
  }

  /// The sum of x times weight over the sum of the weights of each group, over the rows in which both have a value.
  public static func weightedMean(_ x: Float64Column, _ weight: Float64Column, _ groups: Grouping) -> Float64Column {
    // A missing value stores zero: its product adds nothing, its weight must be left out by hand.
    let products = sums(groups) { x.values[$0] * weight.values[$0] }
    let weights: [Double]
    if let mask = x.missing {
      weights = sums(groups) { mask.reasons[$0] == 0 ? weight.values[$0] : 0 }
    } else {
      weights = sums(groups) { weight.values[$0] }
    }
    return defined(products.indices.map { products[$0] / weights[$0] })
  }

  /// The standard deviation of each group: the root of the sum of squared distances from the mean over n - 1, or over
  /// n for a whole population.
  ///
  /// With n - 1 a group of one value has none.
  public static func standardDeviation(_ x: Float64Column, population: Bool, _ groups: Grouping) -> Float64Column {
    let counts = present(x.missing, groups)
    let means = means(x, counts, groups)
    let ids = groups.groups
    let squares: [Double]
    if let mask = x.missing {
      squares = sums(groups) { row in
        let distance = mask.reasons[row] == 0 ? x.values[row] - means[Int(ids[row])] : 0
        return distance * distance
      }
    } else {
      squares = sums(groups) { row in
        let distance = x.values[row] - means[Int(ids[row])]
        return distance * distance
      }
    }
    return defined(
      counts.indices.map { group in
        let parts = Int(counts[group]) - (population ? 0 : 1)
        return parts > 0 ? (squares[group] / Double(parts)).squareRoot() : .nan
      })
  }

  /// The quantile `q` (0...1) of each group, type 7 of Hyndman and Fan (1996): linear between the order statistics around
  /// position (n - 1) q.
  public static func quantile(_ x: Float64Column, _ q: Double, _ groups: Grouping) -> Float64Column {
    let rows = groups.rows
    var scratch = [Double](repeating: 0, count: Int(groups.sizes.max() ?? 0))
    var results = [Double](repeating: .nan, count: groups.count)
    x.values.withUnsafeBufferPointer { values in
      scratch.withUnsafeMutableBufferPointer { scratch in
        for group in 0..<groups.count {
          var count = 0
          for row in rows[group] where x.missing?.isPresent(Int(row)) ?? true {
            scratch[count] = values[Int(row)]
            count += 1
          }
          if count > 0 { results[group] = Selection.quantile(q, of: scratch, count: count) }
        }
      }
    }
    return defined(results)
  }

  /// The row with the smallest or largest value of each group, the first of them; -1 where there is no value.
  public static func extremeRows(_ column: Column, largest: Bool, _ groups: Grouping) -> [Int32] {
    switch column {
    case .float64(let c): extremes(c.values, c.missing, largest, groups)
    case .int64(let c): extremes(c.values, c.missing, largest, groups)
    case .date(let c): extremes(c.values, c.missing, largest, groups)
    case .bool(let c): extremes(c.values, c.missing, largest, groups)
    case .string(let c): extremes(KeyRanks(of: column).ranks, c.missing, largest, groups)
    }
  }

  /// The first or last row of each group in which `column` has a value; -1 where there is none.
  public static func edgeRows(_ column: Column, last: Bool, _ groups: Grouping) -> [Int32] {
    var found = [Int32](repeating: -1, count: groups.count)
    for row in groups.groups.indices where column.missing?.isPresent(row) ?? true {
      let group = Int(groups.groups[row])
      if last || found[group] < 0 { found[group] = Int32(truncatingIfNeeded: row) }
    }
    return found
  }

  // MARK: - Parts

  /// The number of present rows of each group.
  private static func present(_ mask: MissingMask?, _ groups: Grouping) -> [Int32] {
    guard let mask else { return groups.sizes }
    var counts = [Int32](repeating: 0, count: groups.count)
    groups.groups.withUnsafeBufferPointer { groups in
      mask.reasons.withUnsafeBufferPointer { reasons in
        counts.withUnsafeMutableBufferPointer { counts in
          for row in groups.indices { counts[Int(groups[row])] += reasons[row] == 0 ? 1 : 0 }
        }
      }
    }
    return counts
  }

  /// The number of true rows of each group; a missing row stores 0.
  private static func trues(_ condition: BoolColumn, _ groups: Grouping) -> [Int32] {
    var counts = [Int32](repeating: 0, count: groups.count)
    groups.groups.withUnsafeBufferPointer { groups in
      condition.values.withUnsafeBufferPointer { values in
        counts.withUnsafeMutableBufferPointer { counts in
          for row in groups.indices { counts[Int(groups[row])] += Int32(values[row]) }
        }
      }
    }
    return counts
  }

  private static func means(_ x: Float64Column, _ counts: [Int32], _ groups: Grouping) -> [Double] {
    let sums = sums(groups) { x.values[$0] }
    return sums.indices.map { counts[$0] > 0 ? sums[$0] / Double(counts[$0]) : .nan }
  }

  /// The compensated sum of `value` over the rows of each group, in row order.
  ///
  /// Runs of one group stay in registers.
  @inline(__always)
  private static func sums(_ groups: Grouping, _ value: (Int) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: groups.count)
    var errors = sums
    groups.groups.withUnsafeBufferPointer { groups in
      sums.withUnsafeMutableBufferPointer { sums in
        errors.withUnsafeMutableBufferPointer { errors in
          var row = 0
          while row < groups.count {
            let group = groups[row]
            var sum = sums[Int(group)]
            var error = errors[Int(group)]
            repeat {
              let x = value(row)
              let next = sum + x
              // Knuth's two-sum: the exact rounding error, as Neumaier's but without a branch.
              let part = next - sum
              error += (sum - (next - part)) + (x - part)
              sum = next
              row += 1
            } while row < groups.count && groups[row] == group
            sums[Int(group)] = sum
            errors[Int(group)] = error
          }
        }
      }
    }
    for group in sums.indices { sums[group] += errors[group] }
    return sums
  }

  /// The values; what is not finite is missing (`undefined`).
  static func defined(_ values: [Double]) -> Float64Column {
    values.withUnsafeBufferPointer { values in
      Masking.finite(values.count, nil) { out, range in for i in range { out[i] = values[i] } }
    }
  }

  private static func decided(
    _ condition: BoolColumn, _ groups: Grouping, _ outcome: (Int32, Int32) -> Bool
  ) -> BoolColumn {
    let counts = present(condition.missing, groups)
    let trues = trues(condition, groups)
    return BoolColumn(
      counts.indices.map { counts[$0] > 0 && outcome(trues[$0], counts[$0]) ? 1 : 0 },
      missing: MissingMask(reasons: counts.map { $0 > 0 ? 0 : MissingReason.undefined.rawValue }))
  }

  @inline(__always)
  private static func extremes<E: Comparable>(
    _ values: [E], _ mask: MissingMask?, _ largest: Bool, _ groups: Grouping
  ) -> [Int32] {
    var best = [Int32](repeating: -1, count: groups.count)
    groups.groups.withUnsafeBufferPointer { groups in
      values.withUnsafeBufferPointer { values in
        best.withUnsafeMutableBufferPointer { best in
          for row in groups.indices {
            if let mask, mask.reasons[row] != 0 { continue }
            let group = Int(groups[row])
            let held = best[group]
            if held < 0 || (largest ? values[row] > values[Int(held)] : values[row] < values[Int(held)]) {
              best[group] = Int32(truncatingIfNeeded: row)
            }
          }
        }
      }
    }
    return best
  }
}

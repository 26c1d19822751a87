/// The shape of the digits that the sort on bits uses.
enum RadixDigits {
  static let bits = 11
  static let size = 1 << bits
  /// 64 bits in digits of 11.
  static let count = 6
}

// Most inputs are sorted in two counting passes over the value's place between minimum and maximum, cut to 22 bits; that
// map never reverses an order, so only neighbours that share a place can still be out of order, and insertion repairs
// those. When that takes too many moves (heavy tails) or the map is not finite, the bits of the values are sorted instead.
extension RankWorkspace {
  /// Fills `order` and `sorted` with the first `count` places.
  func sort(
    _ values: UnsafeBufferPointer<Double>, _ positions: UnsafeBufferPointer<UInt32>?, _ count: Int, descending: Bool
  ) {
    guard count > 0 else { return }
    let (lowest, highest) = extremes(values, positions, count)
    if lowest == highest {
      for place in 0..<count {
        order[place] = positions.map { $0[place] } ?? UInt32(truncatingIfNeeded: place)
        sorted[place] = lowest
      }
      return
    }
    if count < Self.insertionLimit {
      for place in 0..<count { order[place] = positions.map { $0[place] } ?? UInt32(truncatingIfNeeded: place) }
      _ = repair(values, count, descending: descending, budget: .max)
      return
    }
    let digitBits = count < 1024 ? 8 : RadixDigits.bits
    let scale = Double((1 << (2 * digitBits)) - 1) / (highest - lowest)
    if scale.isFinite && scale > 0 {
      let origin = descending ? highest : lowest
      bucketSort(values, positions, count, origin: origin, scale: descending ? -scale : scale, digitBits: digitBits)
      if repair(values, count, descending: descending, budget: 8 * count) { return }
    }
    sortBits(values, positions, count, descending: descending)
  }

  private func extremes(
    _ values: UnsafeBufferPointer<Double>, _ positions: UnsafeBufferPointer<UInt32>?, _ count: Int
  ) -> (Double, Double) {
    var lowest = Double.infinity
    var highest = -Double.infinity
    var ordered = true
    if let positions {
      for place in 0..<count {
        let value = values[Int(positions[place])]
        lowest = value < lowest ? value : lowest
        highest = value > highest ? value : highest
        ordered = ordered && value == value
      }
    } else {
      for value in values {
        lowest = value < lowest ? value : lowest
        highest = value > highest ? value : highest
        ordered = ordered && value == value
      }
    }
    precondition(ordered, "NaN cannot be ranked; leave absent values out through `positions`")
    return (lowest, highest)
  }

  /// Sorts positions by the value's place between the extremes in two counting passes.
  private func bucketSort(
    _ values: UnsafeBufferPointer<Double>, _ positions: UnsafeBufferPointer<UInt32>?, _ count: Int,
    origin: Double, scale: Double, digitBits: Int
  ) {
    let size = 1 << digitBits
    let mask = UInt64(size - 1)
    let shiftLow = UInt64(32)
    let shiftHigh = UInt64(32 + digitBits)
    let low = histogram
    let high = histogram + size
    histogram.update(repeating: 0, count: 2 * size)
    let first = records
    let second = records + capacity
    guard let input = values.baseAddress else { return }
    // Adding 2^52 rounds to a whole number that stands in the lowest bits; the shift drops all above 32.
    let integerOffset = 0x1p52
    if let positions {
      for place in 0..<count {
        let position = positions[place]
        let key = ((input[Int(position)] - origin) * scale + integerOffset).bitPattern
        let record = key << 32 | UInt64(position)
        first[place] = record
        low[Int(truncatingIfNeeded: record >> shiftLow & mask)] &+= 1
        high[Int(truncatingIfNeeded: record >> shiftHigh)] &+= 1
      }
    } else {
      for place in 0..<count {
        let key = ((input[place] - origin) * scale + integerOffset).bitPattern
        let record = key << 32 | UInt64(truncatingIfNeeded: place)
        first[place] = record
        low[Int(truncatingIfNeeded: record >> shiftLow & mask)] &+= 1
        high[Int(truncatingIfNeeded: record >> shiftHigh)] &+= 1
      }
    }
    var lowSum: UInt32 = 0
    var highSum: UInt32 = 0
    for digit in 0..<size {
      let lowCount = low[digit]
      let highCount = high[digit]
      low[digit] = lowSum
      high[digit] = highSum
      lowSum &+= lowCount
      highSum &+= highCount
    }
    for place in 0..<count {
      let record = first[place]
      let digit = Int(truncatingIfNeeded: record >> shiftLow & mask)
      let target = low[digit]
      low[digit] = target &+ 1
      second[Int(target)] = record
    }
    let output = order
    for place in 0..<count {
      let record = second[place]
      let digit = Int(truncatingIfNeeded: record >> shiftHigh)
      let target = high[digit]
      high[digit] = target &+ 1
      output[Int(target)] = UInt32(truncatingIfNeeded: record)
    }
  }

  /// Gathers the values in `order` and moves those that are out of order, keeping equals in place.
  ///
  /// Returns false, with the order unfinished, when more than `budget` moves are needed.
  private func repair(_ values: UnsafeBufferPointer<Double>, _ count: Int, descending: Bool, budget: Int) -> Bool {
    let order = self.order
    let sorted = self.sorted
    var left = budget
    var previous = values[Int(order[0])]
    sorted[0] = previous
    for place in 1..<count {
      let position = order[place]
      let value = values[Int(position)]
      if descending ? value <= previous : value >= previous {
        sorted[place] = value
        previous = value
        continue
      }
      var target = place
      while target > 0, descending ? sorted[target - 1] < value : sorted[target - 1] > value {
        sorted[target] = sorted[target - 1]
        order[target] = order[target - 1]
        target -= 1
      }
      sorted[target] = value
      order[target] = position
      left -= place - target
      if left < 0 { return false }
    }
    return true
  }

  /// Sorts by the bits of the values, least significant digit first, skipping digits that all values share.
  private func sortBits(
    _ values: UnsafeBufferPointer<Double>, _ positions: UnsafeBufferPointer<UInt32>?, _ count: Int, descending: Bool
  ) {
    if bitCapacity < count {
      bitKeys?.deallocate()
      bitKeys = .allocate(capacity: 2 * capacity)
      bitCapacity = capacity
    }
    guard let keys = bitKeys else { return }
    var fromKeys = keys
    var toKeys = keys + bitCapacity
    var fromRows = UnsafeMutableRawPointer(records).assumingMemoryBound(to: UInt32.self)
    var toRows = fromRows + capacity
    let mask = UInt64(RadixDigits.size - 1)
    histogram.update(repeating: 0, count: RadixDigits.count * RadixDigits.size)
    let flip: UInt64 = descending ? .max : 0
    for place in 0..<count {
      let row = positions.map { $0[place] } ?? UInt32(truncatingIfNeeded: place)
      // Adding zero turns -0.0 into +0.0. Negative numbers have all bits flipped, others the sign bit alone.
      let bits = (values[Int(row)] + 0.0).bitPattern
      let sign = UInt64(bitPattern: Int64(bitPattern: bits) >> 63)
      let key = bits ^ (sign | 1 << 63) ^ flip
      fromKeys[place] = key
      fromRows[place] = row
      for digit in 0..<RadixDigits.count {
        let index = Int(truncatingIfNeeded: key >> UInt64(digit * RadixDigits.bits) & mask)
        histogram[digit * RadixDigits.size + index] &+= 1
      }
    }
    for digit in 0..<RadixDigits.count {
      let table = histogram + digit * RadixDigits.size
      let shift = UInt64(digit * RadixDigits.bits)
      if table[Int(truncatingIfNeeded: fromKeys[0] >> shift & mask)] == UInt32(truncatingIfNeeded: count) { continue }
      var sum: UInt32 = 0
      for index in 0..<RadixDigits.size {
        let here = table[index]
        table[index] = sum
        sum &+= here
      }
      for place in 0..<count {
        let key = fromKeys[place]
        let index = Int(truncatingIfNeeded: key >> shift & mask)
        let target = Int(table[index])
        table[index] &+= 1
        toKeys[target] = key
        toRows[target] = fromRows[place]
      }
      swap(&fromKeys, &toKeys)
      swap(&fromRows, &toRows)
    }
    for place in 0..<count {
      let row = fromRows[place]
      order[place] = row
      sorted[place] = values[Int(row)]
    }
  }
}

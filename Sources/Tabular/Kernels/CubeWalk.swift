/// The filled cells of a cube in the order of the keys' values.
///
/// The last keys together, as long as they have few values, are looked at as one list of places. The cells of the other
/// keys, the heads, are visited as they lie in memory, twice: to count what is filled, and then to write it down where it
/// belongs, so that the cube streams through the processor's cache whatever the order of the keys.
///
/// Holds raw memory as long as it lives.
final class CubeWalk {
  /// The value of each filled cell.
  var values: UnsafeBufferPointer<UInt32> { UnsafeBufferPointer(start: cells, count: count) }

  private let count: Int
  private let cells: UnsafeMutablePointer<UInt32>
  /// For the last keys together the place in ``tails``.
  private let tail: UnsafeMutablePointer<UInt32>
  /// For each of the last keys the rank at each place.
  private var tails: [[UInt32]]
  /// How many cells are filled for each combination of heads, in their order.
  private var filled: [UInt32]
  /// How far apart two neighbouring ranks of a head lie in ``filled``.
  private var steps: [Int]

  /// The cells of `cube`, with the codes of each key in the order of `orders`.
  init(_ cube: KeyCube, _ orders: [[UInt32]]) {
    var split = max(0, orders.count - 1)
    while split > 0, orders[split...].reduce(orders[split - 1].count, { $0 * $1.count }) <= 4_096 { split -= 1 }
    var offsets = [0]
    tails = [[UInt32]](repeating: [], count: orders.count)
    for key in split..<orders.count {
      let width = orders[key].count
      for earlier in split..<key { tails[earlier] = tails[earlier].flatMap { [UInt32](repeating: $0, count: width) } }
      tails[key] = offsets.indices.flatMap { _ in (0..<UInt32(width)) }
      offsets = offsets.flatMap { offset in orders[key].map { offset + Int($0) * cube.strides[key] } }
    }
    steps = [Int](repeating: 1, count: split)
    for key in (0..<max(0, split - 1)).reversed() { steps[key] = steps[key + 1] * orders[key + 1].count }
    var filled = [UInt32](repeating: 0, count: orders[..<split].reduce(1) { $0 * $1.count })
    let heads = Heads(cube, orders, steps)
    let isWhole = orders.isEmpty
    heads.forEach { from, place in
      var found: UInt32 = 0
      for offset in offsets { found &+= from[offset] == 0 && !isWhole ? 0 : 1 }
      filled[place] = found
    }
    self.filled = filled
    var total = 0
    var starts: [Int] = []
    starts.reserveCapacity(filled.count)
    for found in filled {
      starts.append(total)
      total += Int(found)
    }
    count = total
    let cells = UnsafeMutablePointer<UInt32>.allocate(capacity: max(total, 1))
    let tail = UnsafeMutablePointer<UInt32>.allocate(capacity: max(total, 1))
    (self.cells, self.tail) = (cells, tail)
    // Every cell is written down; the next one goes to the same place unless this one is filled.
    heads.forEach { from, place in
      var next = starts[place]
      let end = next + Int(filled[place])
      for i in offsets.indices where next < end {
        let value = from[offsets[i]]
        cells[next] = value
        tail[next] = UInt32(truncatingIfNeeded: i)
        next &+= value == 0 && !isWhole ? 0 : 1
      }
    }
  }

  deinit {
    cells.deallocate()
    tail.deallocate()
  }

  /// The values of key `key`, which is `values`, its codes in the order of `order`.
  func column(of key: Int, _ values: StreamedKey, _ order: [UInt32]) -> Column {
    if key < steps.count {
      return values.column(
        of: RunsOfRanks(lengths: filled, step: steps[key], width: order.count, count: count), in: order)
    }
    let places = UnsafeBufferPointer(start: tail, count: count)
    return values.column(of: TabledRanks(places: places, table: tails[key]), in: order)
  }
}

/// The combinations of the heads' codes, as their cells lie in memory.
private struct Heads {
  private let cells: UnsafeMutablePointer<UInt32>
  /// For each head, from the slowest, how far apart its codes lie, and for each code the part of its place in the order.
  private let levels: [(stride: Int, places: [Int])]

  init(_ cube: KeyCube, _ orders: [[UInt32]], _ steps: [Int]) {
    cells = cube.cells
    levels = steps.indices.sorted { cube.strides[$0] > cube.strides[$1] }.map { key in
      var places = [Int](repeating: 0, count: orders[key].count)
      for (rank, code) in orders[key].enumerated() { places[Int(code)] = rank * steps[key] }
      return (cube.strides[key], places)
    }
  }

  /// Calls `body` with the first cell of each combination and its place in the order.
  func forEach(_ body: (UnsafeMutablePointer<UInt32>, Int) -> Void) { visit(0, cells, 0, body) }

  private func visit(
    _ level: Int, _ from: UnsafeMutablePointer<UInt32>, _ place: Int,
    _ body: (UnsafeMutablePointer<UInt32>, Int) -> Void
  ) {
    if level == levels.count { return body(from, place) }
    let stride = levels[level].stride
    for (code, part) in levels[level].places.enumerated() { visit(level + 1, from + code * stride, place + part, body) }
  }
}

import Glibc

/// A number for every combination of the codes of some keys, in one block of memory.
///
/// Grows with the codes. The key with the most of them varies slowest, so that most growth only adds memory at the end.
struct KeyCube {
  /// Up to how many cells a cube is worth its memory for so many rows.
  static func limit(rows: Int) -> Int { min(max(1 << 25, 8 * rows), 1 << 28) }

  private(set) var cells: UnsafeMutablePointer<UInt32>
  private(set) var cellCount = 1
  /// The codes of each key for which there is room.
  private(set) var room: [Int]
  /// How far apart two neighbouring codes of a key lie.
  private(set) var strides: [Int]
  /// The keys from the slowest to the fastest.
  private var order: [Int]

  /// A cube of one cell, for `keys` keys without codes.
  init(keys: Int) {
    guard let memory = calloc(1, 4) else { fatalError("out of memory") }
    cells = memory.bindMemory(to: UInt32.self, capacity: 1)
    room = [Int](repeating: 1, count: keys)
    strides = [Int](repeating: 1, count: keys)
    order = Array(0..<keys)
  }

  /// Gives the memory back.
  func destroy() { free(cells) }

  /// Makes room for `counts` codes of the keys; false, and nothing changed, when that takes more than `limit` cells.
  mutating func grow(to counts: [Int], limit: Int) -> Bool {
    if zip(counts, room).allSatisfy({ $0 <= $1 }) { return true }
    let sorted = order.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
    var wider = room
    for (place, key) in sorted.enumerated() where counts[key] > room[key] {
      wider[key] = counts[key] + (place == 0 ? counts[key] / 4 : counts[key] / 16)
    }
    var total = 1
    var steps = strides
    for key in sorted.reversed() {
      steps[key] = total
      let (product, overflow) = total.multipliedReportingOverflow(by: wider[key])
      if overflow || product > limit { return false }
      total = product
    }
    if cellCount == 1 || zip(steps, strides).allSatisfy({ $0 == $1 }) {
      lengthen(to: total)
    } else {
      rearrange(to: total, steps)
    }
    (room, strides, order) = (wider, steps, sorted)
    return true
  }

  private mutating func lengthen(to total: Int) {
    guard let memory = realloc(cells, total * 4) else { fatalError("out of memory") }
    cells = memory.bindMemory(to: UInt32.self, capacity: total)
    memset(cells + cellCount, 0, (total - cellCount) * 4)
    cellCount = total
  }

  private mutating func rearrange(to total: Int, _ steps: [Int]) {
    guard let memory = calloc(total, 4) else { fatalError("out of memory") }
    let fresh = memory.bindMemory(to: UInt32.self, capacity: total)
    forEach { cell, codes in
      var place = 0
      for key in codes.indices { place += Int(codes[key]) * steps[key] }
      fresh[place] = cells[cell]
    }
    free(cells)
    cells = fresh
    cellCount = total
  }

  /// Adds the numbers of `other`, whose codes are `codes` here; for all of these there is room.
  func add(_ other: KeyCube, _ codes: [[UInt32]]) {
    guard let slowest = other.order.first else {
      cells[0] &+= other.cells[0]
      return
    }
    // Where a cell lies is the sum of a part by the slowest key and a part by all others.
    let step = other.strides[slowest]
    let parts = (0..<step).map { cell -> Int in
      var rest = cell
      var place = 0
      for key in other.order.dropFirst() {
        let code = rest / other.strides[key]
        rest %= other.strides[key]
        // Beyond the codes that are given all cells are empty.
        if code < codes[key].count { place += Int(codes[key][code]) * strides[key] }
      }
      return place
    }
    parts.withUnsafeBufferPointer { parts in
      for (theirs, mine) in codes[slowest].enumerated() {
        let from = other.cells + theirs * step
        let to = cells + Int(mine) * strides[slowest]
        for cell in 0..<step where from[cell] != 0 { to[parts[cell]] &+= from[cell] }
      }
    }
  }

  /// The filled cells, in the order in which they lie, with their codes.
  func forEach(_ body: (_ cell: Int, _ codes: [UInt32]) -> Void) {
    var codes = [UInt32](repeating: 0, count: room.count)
    for cell in 0..<cellCount where cells[cell] != 0 {
      decode(cell, into: &codes)
      body(cell, codes)
    }
  }

  /// The codes that the cell stands for.
  @inline(__always)
  func decode(_ cell: Int, into codes: inout [UInt32]) {
    var rest = cell
    for key in order {
      codes[key] = UInt32(truncatingIfNeeded: rest / strides[key])
      rest %= strides[key]
    }
  }

  /// Writes the cell of each of `count` rows to `out`, from the codes of the keys.
  func locate(_ codes: [UnsafeMutablePointer<UInt32>], _ count: Int, into out: UnsafeMutablePointer<UInt32>) {
    guard let first = codes.first else {
      memset(out, 0, count * 4)
      return
    }
    let step = UInt32(truncatingIfNeeded: strides[0])
    for row in 0..<count { out[row] = first[row] &* step }
    for key in codes.indices.dropFirst() {
      let step = UInt32(truncatingIfNeeded: strides[key])
      let codes = codes[key]
      for row in 0..<count { out[row] = out[row] &+ codes[row] &* step }
    }
  }
}

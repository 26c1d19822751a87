/// Groups of rows that stream by: as ``Grouping``, for rows that never stand in memory together.
///
/// Memory holds the groups, not the rows. A group's number is given at its first row; the order of ``Grouping`` comes at
/// the end, so that the result does not depend on the order in which rows came, nor on how many of these objects shared
/// them before they were merged.
///
/// Belongs to one thread at a time.
public final class StreamedGroups {
  /// Groups in their order, with their keys.
  public struct Result {
    /// A column a key, a row a group.
    public var keys: [Column]
    /// The number of rows of each group.
    public var sizes: [Int64]
    /// The number that each group had, where rows were numbered.
    public var numbers: [UInt32]
  }

  private var keys: [StreamedKey]
  private let isCountOnly: Bool
  private var cube: KeyCube?
  private var chain: KeyChain?
  /// Rows of each numbered group.
  private var sizes: [Int64] = []
  private var rowsTaken = 0
  private var codes: [UnsafeMutablePointer<UInt32>] = []
  private var places: UnsafeMutablePointer<UInt32>
  private var capacity = 0
  /// The largest cube, set by tests; nil by the number of rows.
  var cellLimit: Int?

  /// Groups by keys of the given types. `isCountOnly` says that nothing but the number of rows of each group is wanted:
  /// rows are then not numbered, if there are keys.
  public init(_ types: [ColumnType], isCountOnly: Bool) {
    keys = types.map { StreamedKey($0) }
    self.isCountOnly = isCountOnly && !types.isEmpty
    cube = KeyCube(keys: types.count)
    places = .allocate(capacity: 1)
    codes = types.map { _ in .allocate(capacity: 1) }
    capacity = 1
    if types.isEmpty {
      sizes = [0]
      cube?.cells[0] = 1
    }
  }

  deinit {
    cube?.destroy()
    places.deallocate()
    for buffer in codes { buffer.deallocate() }
  }

  /// The number of numbered groups so far.
  public var count: Int { sizes.count }

  // MARK: Rows

  /// Takes rows with these keys.
  ///
  /// - Returns: The number of the group of each row, good until the next call; nothing when only counts are wanted.
  public func take(_ columns: [Column], rowCount: Int) -> UnsafeBufferPointer<UInt32> {
    reserve(rowCount)
    for key in keys.indices { keys[key].encode(columns[key], into: codes[key]) }
    return add(rowCount) { _ in 1 }
  }

  private func reserve(_ rows: Int) {
    guard rows > capacity else { return }
    capacity = rows
    places.deallocate()
    places = .allocate(capacity: rows)
    for key in codes.indices {
      codes[key].deallocate()
      codes[key] = .allocate(capacity: rows)
    }
  }

  /// Adds `weight` rows for each of the `count` combinations whose codes are laid down.
  @inline(__always)
  private func add(_ count: Int, _ weight: (Int) -> Int64) -> UnsafeBufferPointer<UInt32> {
    var total: Int64 = 0
    for row in 0..<count { total &+= weight(row) }
    rowsTaken += Int(total)
    // A cell holds 32 bits.
    let limit = isCountOnly && rowsTaken > UInt32.max ? 0 : cellLimit ?? KeyCube.limit(rows: rowsTaken)
    if cube != nil, cube?.grow(to: keys.map(\.count), limit: limit) == false || limit == 0 { leaveCube() }
    if let cube {
      cube.locate(codes, count, into: places)
      if isCountOnly {
        for row in 0..<count { cube.cells[Int(places[row])] &+= UInt32(truncatingIfNeeded: weight(row)) }
        return UnsafeBufferPointer(start: places, count: 0)
      }
      for row in 0..<count {
        let cell = Int(places[row])
        if cube.cells[cell] == 0 {
          sizes.append(0)
          cube.cells[cell] = UInt32(truncatingIfNeeded: sizes.count)
        }
        places[row] = cube.cells[cell] &- 1
      }
    } else {
      chain?.locate(codes, count, into: places)
      while sizes.count < chain?.count ?? 0 { sizes.append(0) }
    }
    sizes.withUnsafeMutableBufferPointer { sizes in
      for row in 0..<count { sizes[Int(places[row])] &+= weight(row) }
    }
    return UnsafeBufferPointer(start: places, count: isCountOnly ? 0 : count)
  }

  /// Goes on with a chain, once there are too many combinations for a cube. Groups keep their numbers.
  private func leaveCube() {
    guard let old = cube, !keys.isEmpty else { return }
    var combinations: [(codes: [UInt32], number: UInt32)] = []
    old.forEach { cell, codes in combinations.append((codes, old.cells[cell])) }
    if !isCountOnly { combinations.sort { $0.number < $1.number } }
    var chain = KeyChain(keys: keys.count)
    let row = (0..<keys.count).map { _ in UnsafeMutablePointer<UInt32>.allocate(capacity: 1) }
    let number = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    defer {
      for pointer in row + [number] { pointer.deallocate() }
    }
    for combination in combinations {
      for key in row.indices { row[key].pointee = combination.codes[key] }
      chain.locate(row, 1, into: number)
      if isCountOnly {
        while sizes.count < chain.count { sizes.append(0) }
        sizes[Int(number.pointee)] = Int64(combination.number)
      }
    }
    old.destroy()
    cube = nil
    self.chain = chain
  }

  // MARK: Merging

  /// Takes in the rows of `other`, which groups by the same keys.
  ///
  /// - Returns: For each group's number there the number here; nothing when only counts are wanted.
  public func merge(_ other: StreamedGroups) -> [UInt32] {
    var translations: [[UInt32]] = []
    for key in keys.indices { translations.append(keys[key].translation(from: other.keys[key])) }
    if isCountOnly, let theirs = other.cube, rowsTaken + other.rowsTaken <= UInt32.max,
      cube?.grow(to: keys.map(\.count), limit: cellLimit ?? KeyCube.limit(rows: rowsTaken + other.rowsTaken)) == true
    {
      rowsTaken += other.rowsTaken
      cube?.add(theirs, translations)
      return []
    }
    var result = [UInt32](repeating: 0, count: isCountOnly ? 0 : other.count)
    var numbers: [Int] = []
    var weights: [Int64] = []
    let piece = 4_096
    reserve(piece)
    func flush() {
      let found = add(weights.count) { weights[$0] }
      for (place, number) in found.enumerated() { result[numbers[place]] = number }
      numbers.removeAll(keepingCapacity: true)
      weights.removeAll(keepingCapacity: true)
    }
    func pass(_ theirs: [UInt32], _ number: Int, _ weight: Int64) {
      for key in keys.indices { codes[key][weights.count] = translations[key][Int(theirs[key])] }
      numbers.append(number)
      weights.append(weight)
      if weights.count == piece { flush() }
    }
    if let theirs = other.cube {
      if other.isCountOnly {
        theirs.forEach { cell, codes in pass(codes, 0, Int64(theirs.cells[cell])) }
      } else {
        theirs.forEach { cell, codes in
          let number = Int(theirs.cells[cell]) - 1
          pass(codes, number, other.sizes[number])
        }
      }
    } else if let theirs = other.chain {
      var codes = [UInt32](repeating: 0, count: keys.count)
      for number in 0..<theirs.count {
        theirs.decode(number, into: &codes)
        pass(codes, number, other.sizes[number])
      }
    }
    flush()
    return result
  }

  // MARK: The end

  /// The groups in the order of ``Grouping``. Without keys there is one, even without rows. No more rows come after.
  public func finish() -> Result {
    let orders = keys.map { $0.sortedCodes() }
    var result = Result(keys: [], sizes: [], numbers: [])
    if let cube {
      let walk = CubeWalk(cube, orders)
      cube.destroy()
      self.cube = nil
      if isCountOnly {
        result.sizes = walk.values.map { Int64($0) }
      } else {
        result.numbers = walk.values.map { $0 - 1 }
        result.sizes = result.numbers.map { sizes[Int($0)] }
      }
      for key in keys.indices { result.keys.append(walk.column(of: key, keys[key], orders[key])) }
      return result
    }
    let (ranks, numbers) = sortedChain(orders)
    result.numbers = numbers
    result.sizes = numbers.map { sizes[Int($0)] }
    for key in keys.indices {
      result.keys.append(ranks[key].withUnsafeBufferPointer { keys[key].column(of: ListedRanks($0), in: orders[key]) })
    }
    return result
  }

  private func sortedChain(_ orders: [[UInt32]]) -> (ranks: [[UInt32]], numbers: [UInt32]) {
    guard let chain else { return ([], []) }
    var rankOf = orders.map { [UInt32](repeating: 0, count: $0.count) }
    for key in orders.indices {
      for (rank, code) in orders[key].enumerated() { rankOf[key][Int(code)] = UInt32(rank) }
    }
    var all = orders.map { _ in [UInt32](repeating: 0, count: chain.count) }
    var codes = [UInt32](repeating: 0, count: keys.count)
    for number in 0..<chain.count {
      chain.decode(number, into: &codes)
      for key in codes.indices { all[key][number] = rankOf[key][Int(codes[key])] }
    }
    var combined = KeyRanks(ranks: all[0], cardinality: orders[0].count)
    for key in all.indices.dropFirst() {
      combined = combined.combined(with: KeyRanks(ranks: all[key], cardinality: orders[key].count))
    }
    let numbers = Grouping(combined.compacted()).representatives.map { UInt32(bitPattern: $0) }
    return (all.map { ranks in numbers.map { ranks[Int($0)] } }, numbers)
  }
}

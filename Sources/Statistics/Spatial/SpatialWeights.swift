internal import Glibc

/// How neighbours' weights are scaled; the letters are those of the R package spdep.
public enum WeightStyle: String, Sendable, CaseIterable {
  /// B: as given, 1 for a neighbour.
  case binary
  /// W: every area's weights sum to 1.
  case rowStandardised = "row_standardised"
  /// C: all weights together sum to the number of areas.
  case globallyStandardised = "globally_standardised"
  /// S: each weight over the root of its row's sum of squares, all summing to the number of areas (Tiefelsdorf and others
  /// 1999).
  case varianceStabilising = "variance_stabilising"
}

/// Which areas are each area's neighbours, with a weight each.
///
/// Neighbours stand in rising order. An area is never its own neighbour; one without neighbours is an island.
public struct SpatialWeights: Sendable, Equatable {
  /// Where each area's neighbours start in `neighbours`; one more entry than there are areas.
  public let starts: [Int]
  /// Neighbours, area after area.
  public let neighbours: [Int]
  /// The weight of each of them.
  public let weights: [Double]

  /// The number of areas.
  public var count: Int { starts.count - 1 }

  /// Areas without neighbours.
  public var islands: [Int] { (0..<count).filter { starts[$0] == starts[$0 + 1] } }

  /// The sum of all weights.
  public var total: Double { Inequality.summed(weights) }

  /// Neighbours by area, each with weight 1; itself and repeats are left out.
  ///
  /// A number outside 0 ..< count stops the program.
  public init(neighbours lists: [[Int]]) {
    self.init(weighted: lists.map { list in Set(list).map { ($0, 1) } })
  }

  /// Neighbours with weights by area; itself and weights of 0 are left out, and each neighbour may be named once.
  public init(weighted lists: [[(neighbour: Int, weight: Double)]]) {
    var (starts, neighbours, weights): ([Int], [Int], [Double]) = ([0], [], [])
    for (area, list) in lists.enumerated() {
      for (neighbour, weight) in list.sorted(by: { $0.neighbour < $1.neighbour })
      where neighbour != area && weight != 0 {
        precondition(lists.indices.contains(neighbour), "a neighbour that is not an area")
        neighbours.append(neighbour)
        weights.append(weight)
      }
      starts.append(neighbours.count)
    }
    (self.starts, self.neighbours, self.weights) = (starts, neighbours, weights)
  }

  private init(starts: [Int], neighbours: [Int], weights: [Double]) {
    (self.starts, self.neighbours, self.weights) = (starts, neighbours, weights)
  }

  /// The positions of an area's neighbours in `neighbours` and `weights`.
  public func range(_ area: Int) -> Range<Int> { starts[area]..<starts[area + 1] }

  /// The same neighbours with weights in another style, starting from the weights at hand.
  public func styled(_ style: WeightStyle) -> SpatialWeights {
    var result = weights
    switch style {
    case .binary: return self
    case .rowStandardised:
      for area in 0..<count {
        let sum = Inequality.summed(Array(weights[range(area)]))
        if sum != 0 { for i in range(area) { result[i] = weights[i] / sum } }
      }
    case .globallyStandardised, .varianceStabilising:
      if style == .varianceStabilising {
        for area in 0..<count {
          let root = Inequality.summed(range(area).map { weights[$0] * weights[$0] }).squareRoot()
          if root > 0 { for i in range(area) { result[i] = weights[i] / root } }
        }
      }
      let sum = Inequality.summed(result)
      // Islands have no part in it: the sum is the number of areas with neighbours.
      let areas = Double(count - islands.count)
      if sum != 0 { for i in result.indices { result[i] *= areas / sum } }
    }
    return SpatialWeights(starts: starts, neighbours: neighbours, weights: result)
  }

  /// Both directions of every pair that is named in one, with the larger weight.
  public var symmetric: SpatialWeights {
    var lists = (0..<count).map { area in range(area).map { (neighbour: neighbours[$0], weight: weights[$0]) } }
    for area in 0..<count {
      for i in range(area) where !neighbours[range(neighbours[i])].contains(area) {
        lists[neighbours[i]].append((area, weights[i]))
      }
    }
    return SpatialWeights(weighted: lists)
  }

  /// The mean of the neighbours' values, weighted: sum of w_ij x_j; 0 for an island.
  public func lag(_ values: [Double]) -> [Double] {
    precondition(values.count == count, "a value for each area is needed")
    return (0..<count).map { area in
      var sum = 0.0
      for i in range(area) { sum += weights[i] * values[neighbours[i]] }
      return sum
    }
  }

  /// S0 = sum of w, S1 = half the sum of (w_ij + w_ji)², S2 = sum of (row sum + column sum)².
  var moments: (s0: Double, s1: Double, s2: Double) {
    var columns = [Double](repeating: 0, count: count)
    for i in neighbours.indices { columns[neighbours[i]] += weights[i] }
    var (s1, s2) = (NeumaierSum(), NeumaierSum())
    for area in 0..<count {
      var row = 0.0
      for i in range(area) {
        row += weights[i]
        let back = weight(from: neighbours[i], to: area)
        // A pair that stands in one direction alone is met once, another twice.
        let sum = weights[i] + back
        s1.add(back == 0 ? sum * sum : sum * sum / 2)
      }
      s2.add((row + columns[area]) * (row + columns[area]))
    }
    return (total, s1.value, s2.value)
  }

  /// w_ij, 0 for areas that are no neighbours.
  func weight(from area: Int, to other: Int) -> Double {
    var (low, high) = (starts[area], starts[area + 1])
    while low < high {
      let middle = (low + high) / 2
      if neighbours[middle] < other { low = middle + 1 } else { high = middle }
    }
    return low < starts[area + 1] && neighbours[low] == other ? weights[low] : 0
  }
}

/// A point in a plane: metres of a national grid, say.
public struct PlanePoint: Sendable, Hashable {
  /// East.
  public var x: Double
  /// North.
  public var y: Double

  /// A point.
  public init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }

  func squaredDistance(to other: PlanePoint) -> Double {
    (x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)
  }
}

extension SpatialWeights {
  /// Areas whose points lie no further apart than `distance`, each with weight 1.
  public init(points: [PlanePoint], within distance: Double) {
    self.init(
      neighbours: points.map { own in
        points.indices.filter { own.squaredDistance(to: points[$0]) <= distance * distance }
      })
  }

  /// The `count` nearest points of each; of equally near ones those that come first. Not symmetric by itself.
  public init(points: [PlanePoint], nearest count: Int) {
    precondition(count > 0, "at least one neighbour is needed")
    self.init(
      neighbours: points.indices.map { own in
        let others = points.indices.filter { $0 != own }.map { (points[own].squaredDistance(to: points[$0]), $0) }
        return others.sorted { $0 < $1 }.prefix(count).map(\.1)
      })
  }

  /// Areas whose boundaries share a corner (queen) or, with `edges`, a side of two corners (rook).
  ///
  /// A boundary is any number of rings of points; corners are the same when their coordinates are equal to the last digit, as
  /// in files that hold a division of a country. Areas that touch between corners are not found.
  public init(boundaries: [[[PlanePoint]]], edges: Bool = false) {
    struct Side: Hashable {
      var from: PlanePoint
      var to: PlanePoint
    }
    var owners: [Side: [Int]] = [:]
    for (area, rings) in boundaries.enumerated() {
      for ring in rings {
        for (i, point) in ring.enumerated() {
          var side = Side(from: point, to: point)
          if edges {
            let next = ring[(i + 1) % ring.count]
            if next == point { continue }
            side = (point.x, point.y) < (next.x, next.y) ? Side(from: point, to: next) : Side(from: next, to: point)
          }
          if owners[side]?.last != area { owners[side, default: []].append(area) }
        }
      }
    }
    var lists = [Set<Int>](repeating: [], count: boundaries.count)
    // The order of a dictionary does not matter here: the lists are sets.
    for areas in owners.values where areas.count > 1 { for area in areas { lists[area].formUnion(areas) } }
    self.init(neighbours: lists.map { $0.sorted() })
  }
}

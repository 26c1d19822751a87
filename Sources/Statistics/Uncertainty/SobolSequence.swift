/// Points that fill a cube evenly, more so than chance: Sobol's sequence with the directions of Joe and Kuo (2008).
///
/// Dimensions 1 to 40 of new-joe-kuo-6. Point 0 is the origin; a digital shift by a seed moves all points alike and keeps
/// their evenness (P. L'Ecuyer and C. Lemieux 2002).
public struct SobolSequence: Sendable {
  /// The most dimensions.
  public static var largestDimension: Int { primitives.count + 1 }

  /// The number of dimensions.
  public let dimension: Int
  private let directions: [UInt32]
  private let shifts: [UInt32]

  /// The sequence in 1 to ``largestDimension`` dimensions; without a seed it is not shifted.
  public init(dimension: Int, seed: UInt64? = nil) {
    precondition((1...Self.largestDimension).contains(dimension), "no directions for so many dimensions")
    self.dimension = dimension
    directions = (0..<dimension).flatMap(Self.directions)
    var random = CounterGenerator(seed: seed ?? 0, stream: "sobol shift")
    shifts = (0..<dimension).map { _ in seed == nil ? 0 : UInt32(truncatingIfNeeded: random.next()) }
  }

  /// The point at `index`, each coordinate from 0 up to 1; shifted points lie in the middle of 2^32 equal parts.
  public func point(_ index: UInt32) -> [Double] {
    let gray = index ^ (index >> 1)
    let middle = shifts.contains { $0 != 0 } ? 0.5 : 0
    return (0..<dimension).map { axis in
      var bits = shifts[axis]
      var rest = gray
      while rest != 0 {
        bits ^= directions[axis * 32 + rest.trailingZeroBitCount]
        rest &= rest &- 1
      }
      return (Double(bits) + middle) * 0x1p-32
    }
  }

  /// Thirty-two direction numbers of an axis, from 0.
  private static func directions(_ axis: Int) -> [UInt32] {
    if axis == 0 { return (0..<32).map { 1 << (31 - UInt32($0)) } }
    let (polynomial, initial) = primitives[axis - 1]
    let degree = initial.count
    var numbers = initial.enumerated().map { $1 << (31 - UInt32($0)) }
    for i in degree..<32 {
      var next = numbers[i - degree] ^ (numbers[i - degree] >> UInt32(degree))
      for k in 1..<max(degree, 1) where polynomial >> UInt32(degree - k) & 1 == 1 { next ^= numbers[i - k] }
      numbers.append(next)
    }
    return numbers
  }

  /// Primitive polynomials over two elements, all coefficients as bits, and the initial direction numbers.
  private static let primitives: [(polynomial: UInt32, initial: [UInt32])] = [
    (3, [1]),
    (7, [1, 3]),
    (11, [1, 3, 1]),
    (13, [1, 1, 1]),
    (19, [1, 1, 3, 3]),
    (25, [1, 3, 5, 13]),
    (37, [1, 1, 5, 5, 17]),
    (41, [1, 1, 5, 5, 5]),
    (47, [1, 1, 7, 11, 19]),
    (55, [1, 1, 5, 1, 1]),
    (59, [1, 1, 1, 3, 11]),
    (61, [1, 3, 5, 5, 31]),
    (67, [1, 3, 3, 9, 7, 49]),
    (91, [1, 1, 1, 15, 21, 21]),
    (97, [1, 3, 1, 13, 27, 49]),
    (103, [1, 1, 1, 15, 7, 5]),
    (109, [1, 3, 1, 15, 13, 25]),
    (115, [1, 1, 5, 5, 19, 61]),
    (131, [1, 3, 7, 11, 23, 15, 103]),
    (137, [1, 3, 7, 13, 13, 15, 69]),
    (143, [1, 1, 3, 13, 7, 35, 63]),
    (145, [1, 3, 5, 9, 1, 25, 53]),
    (157, [1, 3, 1, 13, 9, 35, 107]),
    (167, [1, 3, 1, 5, 27, 61, 31]),
    (171, [1, 1, 5, 11, 19, 41, 61]),
    (185, [1, 3, 5, 3, 3, 13, 69]),
    (191, [1, 1, 7, 13, 1, 19, 1]),
    (193, [1, 3, 7, 5, 13, 19, 59]),
    (203, [1, 1, 3, 9, 25, 29, 41]),
    (211, [1, 3, 5, 13, 23, 1, 55]),
    (213, [1, 3, 7, 3, 13, 59, 17]),
    (229, [1, 3, 1, 3, 5, 53, 69]),
    (239, [1, 1, 5, 5, 23, 33, 13]),
    (241, [1, 1, 7, 7, 1, 61, 123]),
    (247, [1, 1, 7, 9, 13, 61, 49]),
    (253, [1, 3, 3, 5, 3, 55, 33]),
    (285, [1, 3, 1, 15, 31, 13, 49, 245]),
    (299, [1, 3, 5, 15, 31, 59, 63, 97]),
    (301, [1, 3, 1, 11, 11, 11, 77, 249]),
  ]
}

internal import Glibc

/// Random numbers that depend on a seed, a name and a replicate alone, never on who asked before or on which thread.
///
/// Philox 4x32 with 10 rounds: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. The key is the
/// seed mixed with the stream's name, the counter's upper half the replicate, its lower half the number of draws so far.
public struct CounterGenerator: RandomNumberGenerator, Sendable {
  private let key: (UInt32, UInt32)
  private let replicate: UInt64
  private var block: UInt64 = 0
  private var spare: UInt64?

  /// The numbers of one replicate of a named stream.
  public init(seed: UInt64, stream: String, replicate: UInt64 = 0) {
    self.init(key: Self.key(seed: seed, stream: stream), replicate: replicate)
  }

  /// The numbers of one replicate under a key made once by ``key(seed:stream:)``.
  public init(key: UInt64, replicate: UInt64) {
    self.key = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    self.replicate = replicate
  }

  /// The key of a stream: the seed and the bytes of its name, mixed by SplitMix64.
  public static func key(seed: UInt64, stream: String) -> UInt64 {
    var key = mixed(seed)
    for byte in stream.utf8 { key = mixed(key ^ UInt64(byte)) }
    return key
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Ten rounds of Philox 4x32.
  static func philox(
    _ counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (a, b, c, d) = counter
    var (k0, k1) = key
    for round in 0..<10 {
      if round > 0 {
        k0 &+= 0x9E37_79B9
        k1 &+= 0xBB67_AE85
      }
      let first = UInt64(a) &* 0xD251_1F53
      let second = UInt64(c) &* 0xCD9E_8D57
      (a, b, c, d) = (
        UInt32(truncatingIfNeeded: second >> 32) ^ b ^ k0, UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ d ^ k1, UInt32(truncatingIfNeeded: first)
      )
    }
    return (a, b, c, d)
  }

  /// 64 random bits.
  public mutating func next() -> UInt64 {
    if let spare {
      self.spare = nil
      return spare
    }
    let (a, b, c, d) = Self.philox(
      (
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
        UInt32(truncatingIfNeeded: replicate), UInt32(truncatingIfNeeded: replicate >> 32)
      ), key: key)
    block &+= 1
    spare = UInt64(c) | UInt64(d) << 32
    return UInt64(a) | UInt64(b) << 32
  }

  /// An even draw from the middle of 2^53 equal parts of 0 to 1, never 0 or 1.
  public mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  /// An even draw between two numbers.
  public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

  /// A standard normal draw, by the quantile function: one number each.
  public mutating func normal() -> Double { Normal.quantile(uniform()) }

  /// A whole number from 0 up to `count`, without bias (D. Lemire 2019).
  public mutating func index(below count: Int) -> Int {
    precondition(count > 0, "nothing to draw from")
    let bound = UInt64(count)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let least = (0 &- bound) % bound
      while product.low < least { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// A gamma draw with the given shape (above 0) and scale 1: G. Marsaglia and W. Tsang 2000.
  public mutating func gamma(shape: Double) -> Double {
    precondition(shape > 0, "a gamma distribution needs a shape above 0")
    if shape < 1 { return gamma(shape: shape + 1) * pow(uniform(), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = 1 + c * x
      if v <= 0 { continue }
      let cube = v * v * v
      if log(uniform()) < 0.5 * x * x + d - d * cube + d * log(cube) { return d * cube }
    }
  }

  /// Shares that sum to 1 and have the given shares as means; the larger `concentration`, the closer to them.
  ///
  /// A share of 0 stays 0. Shares need not sum to 1 when given.
  public mutating func dirichlet(means: [Double], concentration: Double) -> [Double] {
    precondition(concentration > 0, "a Dirichlet distribution needs a concentration above 0")
    let total = means.reduce(0, +)
    precondition(total > 0, "a Dirichlet distribution needs a share above 0")
    var draws = means.map { $0 > 0 ? gamma(shape: concentration * $0 / total) : 0 }
    let sum = draws.reduce(0, +)
    for i in draws.indices { draws[i] = sum > 0 ? draws[i] / sum : means[i] / total }
    return draws
  }

  /// Puts a list in random order (Fisher and Yates).
  public mutating func shuffle<Element>(_ list: inout [Element]) {
    for i in stride(from: list.count - 1, to: 0, by: -1) { list.swapAt(i, index(below: i + 1)) }
  }
}

/// Intervals from draws.
public enum Intervals {
  /// The central interval that holds a share `level` of `draws`, quantiles of type 7; nil for no draws.
  public static func percentiles(_ draws: [Double], level: Double) -> (low: Double, high: Double)? {
    let sorted = draws.sorted()
    return sorted.withUnsafeBufferPointer { sorted in
      guard let low = Quantiles.type7(sorted: sorted, probability: (1 - level) / 2),
        let high = Quantiles.type7(sorted: sorted, probability: (1 + level) / 2)
      else { return nil }
      return (low, high)
    }
  }
}

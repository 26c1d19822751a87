/// A number or a share: `3` or `2.5%`.
public struct Allowance: OptionValue, Equatable {
  /// The number, or the percentage.
  public var value: Double
  /// Whether it is a percentage.
  public var isPercent: Bool

  /// An absolute number.
  public init(_ value: Double = 0, isPercent: Bool = false) {
    self.value = value
    self.isPercent = isPercent
  }

  /// A text such as `2.5%`.
  public static var optionType: OptionType { .string }

  /// A number of at least 0, with `%` for a share.
  public init(option node: SpecNode) throws(SpecError) {
    let text = try node.text("a number or a percentage")
    let isPercent = text.hasSuffix("%")
    guard let value = Double(isPercent ? String(text.dropLast()) : text), value >= 0, value.isFinite else {
      throw SpecError(node.position, "expected a number of at least 0, or a percentage such as 2.5%, found \"\(text)\"")
    }
    self.init(value, isPercent: isPercent)
  }

  /// The number, or the share of `whole`.
  func limit(of whole: Double) -> Double { isPercent ? value / 100 * whole.magnitude : value }

  /// The text.
  public var optionText: String? { JSON.text(of: value) + (isPercent ? "%" : "") }
}

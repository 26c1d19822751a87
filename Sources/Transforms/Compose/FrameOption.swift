import PipelineKit

/// The set of areas and periods that a score is relative to.
enum FrameOption: OptionValue, Equatable {
  /// Each period by itself: a ranking, in which what one area gains another loses.
  case relative
  /// The distribution of one base period, kept for all: shows that all areas improve.
  case anchored(Located)
  /// All periods together.
  case pooled

  static var optionType: OptionType {
    .anyOf([
      .oneOf(["relative", "pooled"]),
      .object([
        OptionDescription(
          name: "anchored", type: .string, isRequired: true,
          summary: "The base period, whose distribution is kept for all periods.", defaultText: nil)
      ]),
    ])
  }

  init(option node: SpecNode) throws(SpecError) {
    if let entries = node.entries {
      guard entries.count == 1, entries[0].key == "anchored" else {
        throw SpecError(node.position, "expected relative, pooled or {anchored: base period}")
      }
      self = .anchored(try Located(option: entries[0].value))
      return
    }
    switch try node.text("relative, pooled or {anchored: base period}") {
    case "relative": self = .relative
    case "pooled": self = .pooled
    default:
      throw SpecError(node.position, "expected relative, pooled or {anchored: base period}, found \(node.summary)")
    }
  }

  var optionText: String? {
    switch self {
    case .relative: "relative"
    case .pooled: "pooled"
    case .anchored(let base): "{anchored: \(base)}"
    }
  }
}

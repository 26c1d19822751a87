import PipelineKit
import Tabular

/// What the texts of `ValueAttribute` mean.
struct AttributeReasons: Sendable {
  private let overrides: OrderedMap<MarkerReason>

  init(_ overrides: OrderedMap<MarkerReason>) { self.overrides = overrides }

  /// Why an observation with this attribute and without a value has none, and whether that is known.
  func reason(_ text: String) -> (reason: MissingReason, isKnown: Bool) {
    if let chosen = overrides[text] { return (chosen.reason, true) }
    switch text {
    case "", "None": return (.unspecified, true)
    case "Impossible", "NotApplicable": return (.notApplicable, true)
    case "Confidential", "Secret", "Suppressed": return (.suppressed, true)
    case "Missing", "NotAvailable", "Unknown", "Unreliable": return (.unknown, true)
    default: return (.unknown, false)
    }
  }

  /// Whether the attribute says nothing.
  static func isPlain(_ text: String) -> Bool { text.isEmpty || text == "None" }

  /// Tells of the attributes of a file that want telling.
  static func warn(unknown: [String], kept: [String: Int], file: String, _ context: RunContext) {
    for text in unknown {
      context.warn(
        "\(file): the ValueAttribute \"\(text)\" is not known; observations without a value that have it are unknown; "
          + "say what it means under attributes")
    }
    for (text, count) in kept.sorted(by: { $0.key < $1.key }) {
      context.warn(
        "\(file): \(count) observations have a value and the ValueAttribute \"\(text)\"; the values are kept")
    }
  }
}

import PipelineKit
import Statistics
import Tabular

/// What a composite is made of: domains, indicators, directions, weights and conventions. A file of its own.
struct Profile: PluginOptions {
  var name = ""
  var title = ""
  var conventions = Conventions()
  var missing = MissingRules()
  var domains: [Domain] = []

  static var declaration: [OptionField<Self>] {
    [
      .init("profile", \.name, required: true, "The profile's name."),
      .init("title", \.title, "What the composite measures."),
      .init("conventions", \.conventions, "How ranks become scores; every producer has its own."),
      .init("missing", \.missing, "How much must be present for a domain and for the score."),
      .init("domains", \.domains, required: true, "The domains, in the order in which they are summed."),
    ]
  }

  /// A domain: a weight and the indicators that make it up.
  struct Domain: PluginOptions {
    var id = Located("", at: SourcePosition(file: ""))
    var label = ""
    var weight = 1.0
    var indicators: [Indicator] = []

    /// The domain's name for people.
    var title: String { label.isEmpty ? id.text : label }

    static var declaration: [OptionField<Self>] {
      [
        .init("id", \.id, required: true, "The domain's name in column names, in snake_case."),
        .init("label", \.label, "The domain's name for people."),
        .init("weight", \.weight, required: true, "The domain's weight in the score."),
        .init("indicators", \.indicators, required: true, "The indicators."),
      ]
    }
  }

  /// An indicator: a column, its direction and its weight within the domain.
  struct Indicator: PluginOptions {
    var column = Located("", at: SourcePosition(file: ""))
    var direction = DirectionOption.higherIsWorse
    var weight = 1.0

    static var declaration: [OptionField<Self>] {
      [
        .init("column", \.column, required: true, "The column that holds the indicator."),
        .init("direction", \.direction, required: true, "Whether more of it is worse or better."),
        .init("weight", \.weight, "The indicator's weight within the domain."),
      ]
    }
  }

  /// Reads and checks the profile at `path`.
  init(path: SpecPath, context: RunContext) throws(SpecError) {
    let text: String
    do throws(SourceError) { text = try context.text(path.path) } catch {
      throw SpecError(path.position, "the profile \(error)")
    }
    let node = try SpecParser.nodes(text, file: path.path)
    try self.init(option: node)
    try check(at: node.position)
  }

  init() {}

  private func check(at position: SourcePosition) throws(SpecError) {
    guard !name.isEmpty else {
      throw SpecError(position, "a profile needs a name, which begins the names of its columns")
    }
    guard !domains.isEmpty else { throw SpecError(position, "a profile needs at least one domain") }
    var ids: Set<String> = []
    for domain in domains {
      guard !domain.id.text.isEmpty else { throw SpecError(domain.id.position, "a domain needs a name") }
      guard ids.insert(domain.id.text).inserted else {
        throw SpecError(domain.id.position, "the domain \"\(domain.id)\" is named twice")
      }
      guard let first = domain.indicators.first else {
        throw SpecError(domain.id.position, "the domain \"\(domain.id)\" has no indicators")
      }
      var columns: Set<String> = []
      for indicator in domain.indicators where !columns.insert(indicator.column.text).inserted {
        throw SpecError(
          indicator.column.position, "\"\(indicator.column)\" stands twice in the domain \"\(domain.id)\"")
      }
      if conventions.ties == .asPublished, domain.indicators.count > 1 {
        throw SpecError(
          first.column.position, "ties: as_published takes a rank as it is; a domain then has one indicator, the rank")
      }
      try checkWeights(domain.indicators.map { ($0.weight, $0.column) }, "the indicators of \"\(domain.id)\"")
    }
    try checkWeights(domains.map { ($0.weight, $0.id) }, "the domains")
    try conventions.check(at: position)
    try missing.domain.check("domain", at: position)
    try missing.score.check("score", at: position)
  }

  private func checkWeights(_ parts: [(weight: Double, name: Located)], _ what: String) throws(SpecError) {
    do throws(WeightProblem) { _ = try WeightedScore(weights: parts.map(\.weight)) } catch {
      var place = parts[0].name.position
      if case .invalid(let part, _) = error { place = parts[part].name.position }
      throw SpecError(place, "the weights of \(what): \(error)")
    }
  }
}

/// How much must be present.
struct MissingRules: PluginOptions {
  var domain = Enough()
  var score = Enough()

  static var declaration: [OptionField<Self>] {
    [
      .init("domain", \.domain, "Of a domain's indicators; the weights of those present are rescaled."),
      .init("score", \.score, "Of the score's domains; the weights of those present are rescaled."),
    ]
  }

  struct Enough: PluginOptions {
    var minimumCount: Int?
    var minimumShare: Double?

    static var declaration: [OptionField<Self>] {
      [
        .init("minimum_count", \.minimumCount, "So many parts at least; without either rule all parts are needed."),
        .init("minimum_share", \.minimumShare, "Parts that hold so much of the weight (0-1) at least."),
      ]
    }

    func check(_ what: String, at position: SourcePosition) throws(SpecError) {
      guard minimumCount.map({ $0 >= 1 }) ?? true, minimumShare.map({ $0 >= 0 && $0 <= 1 }) ?? true else {
        throw SpecError(
          position, "missing: \(what): minimum_count must be 1 or more, and minimum_share between 0 and 1")
      }
    }

    var rule: MissingPartRule {
      if minimumCount == nil, minimumShare == nil { return .requireAll }
      return .rescale(minimumCount: minimumCount ?? 1, minimumShare: minimumShare ?? 0)
    }
  }
}

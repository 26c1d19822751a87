import PipelineKit
import Statistics

/// What a composite is made of: indicators below, then aggregates of them, up to the index.
struct IndicatorTree: Sendable {
  /// A part of an aggregate.
  struct Part: Sendable {
    let name: Located
    let weight: Double
  }

  /// An aggregate and its parts.
  struct Aggregate: Sendable {
    let name: Located
    let parts: [Part]
    /// Indicators have level 1, an aggregate one more than the highest of its parts.
    let level: Int
  }

  /// The aggregates, the lowest level first, within a level in the order of the file.
  let aggregates: [Aggregate]
  /// The indicators, in the order in which aggregates name them.
  let indicators: [Located]

  /// The highest level.
  var top: Int { aggregates.last?.level ?? 1 }

  /// The names of all parts and aggregates: the indicators, then the aggregates.
  var names: [String] { indicators.map(\.text) + aggregates.map(\.name.text) }

  /// The aggregate that each of ``names`` belongs to, by its place among the aggregates; nil for the top.
  var parents: [Int?] {
    var owner: [String: Int] = [:]
    for (place, aggregate) in aggregates.enumerated() { for part in aggregate.parts { owner[part.name.text] = place } }
    return names.map { owner[$0] }
  }

  /// The structure that an option or a file states, checked.
  init(_ entries: [OrderedMap<PartsOption>.Entry], at position: SourcePosition) throws(SpecError) {
    guard !entries.isEmpty else { throw SpecError(position, "a tree needs at least one aggregate") }
    var own: [String: Int] = [:]
    for (place, entry) in entries.enumerated() {
      guard own.updateValue(place, forKey: entry.key) == nil else {
        throw SpecError(entry.position, "the aggregate \"\(entry.key)\" is named twice")
      }
    }
    var owner: [String: String] = [:]
    var indicators: [Located] = []
    for entry in entries {
      guard !entry.value.parts.isEmpty else { throw SpecError(entry.position, "\"\(entry.key)\" has no parts") }
      for part in entry.value.parts {
        if let other = owner.updateValue(entry.key, forKey: part.name.text) {
          throw SpecError(
            part.name.position,
            other == entry.key
              ? "\"\(part.name)\" stands twice in \"\(entry.key)\""
              : "\"\(part.name)\" is a part of \"\(other)\" and of \"\(entry.key)\"")
        }
        if own[part.name.text] == nil { indicators.append(part.name) }
      }
      do throws(WeightProblem) { _ = try WeightedScore(weights: entry.value.parts.map(\.weight)) } catch {
        throw SpecError(entry.position, "the weights of \"\(entry.key)\": \(error)")
      }
    }
    var levels = [Int](repeating: 0, count: entries.count)
    // A level a round; what has none after as many rounds as there are aggregates is a part of itself.
    for _ in entries.indices {
      for (place, entry) in entries.enumerated() where levels[place] == 0 {
        let below = entry.value.parts.map { own[$0.name.text].map { levels[$0] } ?? 1 }
        if !below.contains(0) { levels[place] = 1 + (below.max() ?? 1) }
      }
    }
    if let place = levels.firstIndex(of: 0) {
      throw SpecError(entries[place].position, "\"\(entries[place].key)\" is a part of itself, by way of its parts")
    }
    let order = entries.indices.sorted { (levels[$0], $0) < (levels[$1], $1) }
    aggregates = order.map { place in
      Aggregate(
        name: Located(entries[place].key, at: entries[place].position), parts: entries[place].value.parts,
        level: levels[place])
    }
    self.indicators = indicators
  }
}

/// The parts of an aggregate: a list, or a mapping of names to weights.
struct PartsOption: OptionValue {
  var parts: [IndicatorTree.Part]

  static var optionType: OptionType { .anyOf([.list(.column), .map(.number)]) }

  init(option node: SpecNode) throws(SpecError) {
    parts = []
    if let entries = node.entries {
      for entry in entries {
        let name = Located(entry.key, at: entry.position)
        parts.append(.init(name: name, weight: try Double(option: entry.value)))
      }
    } else {
      for name in try [Located](option: node) { parts.append(.init(name: name, weight: 1)) }
    }
  }
}

/// A tree in the pipeline file, or the path of a file that holds it.
enum TreeOption: OptionValue {
  case inline(OrderedMap<PartsOption>, SourcePosition)
  case file(SpecPath)

  static var optionType: OptionType { .anyOf([OrderedMap<PartsOption>.optionType, .path]) }

  init(option node: SpecNode) throws(SpecError) {
    if case .scalar = node.content {
      self = .file(try SpecPath(option: node))
    } else {
      self = .inline(try OrderedMap(option: node), node.position)
    }
  }

  /// Where the option stands.
  var position: SourcePosition {
    switch self {
    case .inline(_, let position): position
    case .file(let path): path.position
    }
  }

  /// The tree, read and checked.
  func tree(_ context: RunContext) throws(SpecError) -> IndicatorTree {
    switch self {
    case .inline(let map, let position): return try IndicatorTree(map.entries, at: position)
    case .file(let path):
      let text: String
      do throws(SourceError) { text = try context.text(path.path) } catch {
        throw SpecError(path.position, "the tree \(error)")
      }
      let node = try SpecParser.nodes(text, file: path.path)
      return try IndicatorTree(OrderedMap<PartsOption>(option: node).entries, at: node.position)
    }
  }
}

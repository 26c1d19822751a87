public import PipelineKit
internal import Statistics
public import Tabular

/// Weights of the parts of an index, given or drawn from the data.
public struct Weigh: Transform {
  enum Method: String, OptionChoice {
    case given, equal
    case principalComponent = "principal_component"
    case squaredLoadings = "squared_loadings"
    case oneFactor = "one_factor"
    case entropy, critic, balanced

    /// Whether the values of the parts are looked at.
    var usesData: Bool { self != .given && self != .equal }
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var tree: TreeOption?
    var method = Method.given
    var levels: [Method] = []
    var prefix = ""

    /// The tree's own weights.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "tree", \.tree, required: true,
          "Each aggregate with its parts, a list or a mapping of names to weights; or the path of a file that holds it."
        ),
        .init("method", \.method, "Where the weights of every level come from, unless \"levels\" says more."),
        .init(
          "levels", \.levels,
          "A method for each level of aggregates, the lowest first; those above the last stated one are given."),
        .init("prefix", \.prefix, "What the names of the indicators' columns begin with; aggregates have none."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "weigh",
    summary:
      "Weighs the parts of an index: as given, equally, or by what the data say; and says what each weighs in the whole.",
    details: """
      One row a part, the indicators first and the whole last: `part`, `level` (1 = indicator), `parent`, `weight` (within the \
      parent), `effective_weight` (the product, up to the top, of each weight over the sum of its siblings') and, where the \
      method has it, `correlation` of the part with the component, the factor or the mean. The weights of an aggregate are by

      - `given`: those of the tree, 1 where it has none; `equal`: 1/parts
      - `principal_component`: the first component of the correlations, over its sum; `squared_loadings`: its squares
      - `one_factor`: the regression weights R^-1 lambda of the maximum-likelihood model of one factor, over their sum, as the \
      deprivation indices of the United Kingdom have it on normal scores; three parts or more
      - `entropy`: 1 + sum p ln p/ln n with p = x/sum x, for values of 0 and more; `critic`: sd of the min-max values times \
      sum (1 - r)
      - `balanced`: such that every part correlates equally with the weighted mean

      Methods that look at data need a column for every part: on higher levels the result of `combine`. Correlations are taken \
      over pairs, entropy and CRITIC over areas that have all. A method without a result (too few areas, no spread, negative \
      values) stops the run and says where.

      A weight is not an importance: what a part contributes also hangs on its spread and its correlations. Weights from \
      data change with the data, and say how parts go together, not what matters.
      """,
    example: """
      - {id: weights, uses: weigh, from: scaled, tree: profiles/tree.yml, levels: [one_factor]}
      - {id: index, uses: combine, from: [scaled, weights], tree: profiles/tree.yml}
      """)

  private let options: Options
  private let tree: IndicatorTree
  private let place: SourcePosition

  /// Weights with the tree read and checked.
  public init(options: Options, context: RunContext) throws(SpecError) {
    self.options = options
    guard let tree = options.tree else { throw SpecError(SourcePosition(file: ""), "weigh needs a \"tree\"") }
    place = tree.position
    self.tree = try tree.tree(context)
    guard options.levels.count <= self.tree.top - 1 else {
      throw SpecError(
        place, "the tree has \(self.tree.top - 1) levels of aggregates; \"levels\" states \(options.levels.count)")
    }
    for aggregate in self.tree.aggregates where method(aggregate) == .oneFactor && aggregate.parts.count < 3 {
      throw SpecError(aggregate.name.position, "one_factor needs three parts; \"\(aggregate.name)\" has fewer")
    }
  }

  private func method(_ aggregate: IndicatorTree.Aggregate) -> Method {
    let level = aggregate.level - 2
    if options.levels.isEmpty { return options.method }
    return level < options.levels.count ? options.levels[level] : .given
  }

  private func column(_ part: IndicatorTree.Part) -> Located {
    let isIndicator = tree.indicators.contains { $0.text == part.name.text }
    return isIndicator ? Located(options.prefix + part.name.text, at: part.name.position) : part.name
  }

  /// The columns that methods look at.
  private var columns: [Located] {
    tree.aggregates.filter { method($0).usesData }.flatMap { $0.parts.map(column) }
  }

  /// The columns that methods look at.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [atLeastOne(Set(columns.map(\.text)), of: inputs[0])]
  }

  /// A row a part.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    var sources: [Field] = []
    for column in columns { sources.append(try inputs[0].numericField(at: column)) }
    let keys = [
      Field("part", .string, role: .key), Field("level", .int64, label: "1 = indicator", decimals: 0),
      Field("parent", .string, label: "What the part belongs to"),
    ]
    let fields = keys + Self.figures(sources)
    do throws(TabularError) { return try Schema(fields) } catch { throw SpecError(place, "\(error)") }
  }

  private static func figures(_ sources: [Field]) -> [Field] {
    [
      .figure("weight", "", "Weight within the parent", decimals: 4, from: sources),
      .figure("effective_weight", "share", "Weight in the whole", decimals: 4, from: sources),
      .figure("correlation", "", "Correlation with component, factor or mean", decimals: 4, from: sources),
    ]
  }

  /// The weights.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let schema = try promised(inputs.map(\.schema))
    let names = tree.names
    var weights = [Double](repeating: 1, count: names.count)
    var correlations = [Double?](repeating: nil, count: names.count)
    var places: [String: Int] = [:]
    for (place, name) in names.enumerated() { places[name] = place }
    for aggregate in tree.aggregates {
      let own = try weigh(aggregate, inputs[0])
      for (number, part) in aggregate.parts.enumerated() {
        guard let place = places[part.name.text] else { continue }
        weights[place] = own.weights[number]
        correlations[place] = own.correlations?[number]
      }
      for (part, weight) in zip(aggregate.parts, own.weights) where weight < 0 {
        context.warn(
          "\"\(part.name)\" runs against the other parts of \"\(aggregate.name)\" and has a negative weight; turn it "
            + "around or leave it out")
      }
    }
    let parents = tree.parents
    let first = tree.indicators.count
    let effective = EffectiveWeights.products(weights, parents: parents.map { $0.map { $0 + first } })
    var figures = MeasureRows(Self.figures([]))
    for place in names.indices {
      figures.append([
        (weights[place], .undefined), (effective[place], .undefined), (correlations[place], .notApplicable),
      ])
    }
    let levels = tree.indicators.map { _ in Int64(1) } + tree.aggregates.map { Int64($0.level) }
    let owners = parents.map { $0.map { tree.aggregates[$0].name.text } }
    let columns: [Column] =
      [.texts(names), .int64(Int64Column(levels)), .string(StringColumn(owners, reason: .notApplicable))]
      + figures.columns
    return try onTables { () throws(TabularError) in try Table(schema: schema, columns: columns) }
  }

  private func weigh(_ aggregate: IndicatorTree.Aggregate, _ table: Table) throws(TransformError) -> DrawnWeights {
    let method = method(aggregate)
    let count = aggregate.parts.count
    switch method {
    case .given: return DrawnWeights(weights: aggregate.parts.map(\.weight))
    case .equal: return DrawnWeights(weights: [Double](repeating: 1 / Double(count), count: count))
    case .principalComponent, .squaredLoadings, .oneFactor, .entropy, .critic, .balanced:
      if count == 1 { return DrawnWeights(weights: [1]) }
      let matrix = try ValueMatrix(table, aggregate.parts.map { column($0).text })
      if let drawn = DrawnWeights(method, matrix) { return drawn }
      throw TransformError(
        "\(method.rawValue) gives no weights for \"\(aggregate.name)\": \(DrawnWeights.need(of: method))")
    }
  }
}

public import PipelineKit
internal import Statistics
public import Tabular

/// Adds the class of each row by one column.
public struct Classify: Transform {
  enum Closed: String, OptionChoice {
    case left
    case right
  }

  enum Method: String, OptionChoice {
    case rank
    case cutPoints = "cut_points"
  }

  /// The options of `classify`.
  public struct Options: PluginOptions {
    var column = Located("", at: SourcePosition(file: ""))
    var into = Located("", at: SourcePosition(file: ""))
    var bounds: [Double]?
    var closed: Closed?
    var quantiles: Int?
    var method: Method?
    var frame: ClassFrame?
    var labels: [String] = []

    /// No classes yet.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("column", \.column, required: true, "The numbers to classify."),
        .init("into", \.into, required: true, "The name of the new column."),
        .init("bounds", \.bounds, "The bounds between classes, rising. Or `quantiles`."),
        .init(
          "closed", \.closed,
          "Which class a value on a bound belongs to: the one below (right, the default) or the one above (left)."),
        .init("quantiles", \.quantiles, "The number of classes of equal size. Or `bounds`."),
        .init(
          "method", \.method,
          "How quantile classes are cut: by rank (the default) or at cut points between values (cut_points)."),
        .init(
          "frame", \.frame,
          "Whose distribution is cut into quantiles: pooled (the whole table, the default), that of the rows with the same "
            + "`by`, or that of one period, the base."),
        .init("labels", \.labels, "A name for each class, lowest first; without them classes are numbers from 1."),
      ]
    }
  }

  /// The name, the rules and an example.
  public static let info = PluginInfo(
    name: "classify",
    summary: "Adds the class of each row: between fixed bounds, or by quantiles of a frame.",
    details: """
      Classes count from 1 at the lowest values. With n `bounds` there are n + 1 classes; the first and the last are \
      open.

      `quantiles: n` under `method: rank` gives class 1 + floor(n (a - 1) / N), where a is the rank from the lowest \
      value, equal values sharing the smallest, and N the number of values in the frame. Equal values are never \
      split, so heavy ties leave classes empty. Under `method: cut_points` the bounds are the quantiles j/n of type \
      7 (the default of R and NumPy), and a value on a bound belongs to the class below unless `closed: left`.

      The frame is the set of rows whose distribution counts: `pooled`, `{by: [year]}` for each year its own, or \
      `{period: year, base: 2012}` for the base period's cut-offs applied to all periods, so that areas can move \
      together. With a base, a - 1 is the number of base values below the value, and values beyond all of them are \
      in the last class. `by` may be combined with a base.

      A missing value takes no part and stays missing with its reason, as does a row whose `by` is missing. A row \
      whose frame has no value at all is `outside_frame`.
      """,
    example: """
      - id: classed
        uses: classify
        from: scores
        column: composite
        into: class
        quantiles: 5
        frame: {by: [year]}
      """)

  private let options: Options
  private let classCount: Int

  /// A classification with the given options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    let position = options.column.position
    switch (options.bounds, options.quantiles) {
    case (nil, nil): throw SpecError(position, "say \"bounds\" or \"quantiles\": there are no classes otherwise")
    case (_?, _?): throw SpecError(position, "\"bounds\" and \"quantiles\" exclude each other")
    case (let bounds?, nil):
      guard !bounds.isEmpty, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw SpecError(position, "\"bounds\" must name at least one number, and each must be above the one before")
      }
      if options.method != nil || options.frame != nil {
        let name = options.method != nil ? "method" : "frame"
        throw SpecError(position, "\"\(name)\" is for \"quantiles\"; fixed bounds need none")
      }
      classCount = bounds.count + 1
    case (nil, let quantiles?):
      guard (2...1000).contains(quantiles) else {
        throw SpecError(position, "\"quantiles\" is \(quantiles), expected 2 to 1000")
      }
      if options.closed != nil, options.method != .cutPoints {
        throw SpecError(position, "\"closed\" is for bounds and \"method: cut_points\"; ranks have no bounds")
      }
      classCount = quantiles
    }
    if !options.labels.isEmpty {
      guard options.labels.count == classCount else {
        throw SpecError(position, "\"labels\" names \(options.labels.count) classes, there are \(classCount)")
      }
      guard Set(options.labels).count == classCount else {
        throw SpecError(position, "\"labels\" names two classes alike")
      }
    }
    self.options = options
  }

  /// The columns needed from the input, the one classified and those of the frame.
  public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    let own = [options.column.text] + (options.frame?.columns.map(\.text) ?? [])
    return [needed.map { $0.subtracting([options.into.text]).union(own) }]
  }

  /// The input's columns and the class.
  public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    let source = try inputs[0].numericField(at: options.column)
    try options.frame?.check(in: inputs[0])
    try inputs[0].checkFree(options.into.text, at: options.into.position)
    return try inputs[0].appending([field(source)], at: options.into.position)
  }

  /// The input with the class.
  public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    let table = inputs[0]
    let numbers = try NumberColumn(table, options.column.text)
    var classes = [Int32](repeating: 0, count: table.rowCount)
    if let bounds = options.bounds {
      assign(&classes, numbers, bounds, rows: numbers.values.indices)
    } else {
      let groups = try RowGroups(table, by: options.frame?.by ?? [])
      try assignQuantiles(&classes, numbers, groups, base: options.frame?.baseRows(in: table))
    }
    let keys = try table.columns(named: [options.column.text] + (options.frame?.by.map(\.text) ?? []))
    var reasons = firstReasons(keys, rowCount: table.rowCount) ?? [UInt8](repeating: 0, count: table.rowCount)
    for row in classes.indices where classes[row] == 0 && reasons[row] == 0 {
      reasons[row] = MissingReason.outsideFrame.rawValue
    }
    guard let source = table.schema[options.column.text] else { throw TransformError("a column went missing") }
    return try table.appending([field(source)], [column(classes, MissingMask(reasons: reasons))])
  }

  private func assignQuantiles(
    _ classes: inout [Int32], _ numbers: NumberColumn, _ groups: RowGroups, base: [Bool]?
  ) {
    let workspace = RankWorkspace()
    let members = groups.rows(where: numbers.isPresent)
    let frame = base.map { base in groups.rows { base[$0] && numbers.isPresent($0) } } ?? members
    numbers.values.withUnsafeBufferPointer { values in
      frame.forEach { group, frameRows in
        guard frameRows.count > 0 else { return }
        let rows = members.rows[members.starts[group]..<members.starts[group + 1]].lazy.map { Int($0) }
        if options.method == .cutPoints {
          let sorted = workspace.tieGroups(of: values, at: frameRows).sorted
          assign(&classes, numbers, Quantiles.cuts(sorted: sorted, classes: classCount), rows: rows)
        } else if base == nil {
          assignByRank(&classes, workspace.tieGroups(of: values, at: frameRows))
        } else {
          let distribution = EmpiricalDistribution(values, at: frameRows, workspace: workspace)
          for row in rows {
            let below = distribution.emplace(values[row]).below
            classes[row] = Int32(min(classCount, 1 + classCount * below / distribution.count))
          }
        }
      }
    }
  }

  private func assignByRank(_ classes: inout [Int32], _ ties: TieGroups) {
    for group in 0..<ties.groupCount {
      let places = ties.places(group)
      let value = RankClasses.floor(rank: places.lowerBound + 1, count: ties.count, classes: classCount)
      for place in places { classes[Int(ties.order[place])] = Int32(value) }
    }
  }

  private func assign(
    _ classes: inout [Int32], _ numbers: NumberColumn, _ bounds: [Double], rows: some Sequence<Int>
  ) {
    guard let bounded = BoundedClasses(bounds: bounds, closure: options.closed == .left ? .left : .right) else {
      return
    }
    for row in rows where numbers.isPresent(row) { classes[row] = Int32(bounded(numbers.values[row])) }
  }

  private func column(_ classes: [Int32], _ missing: MissingMask) -> Column {
    if options.labels.isEmpty {
      return .int64(
        Int64Column(classes.indices.map { missing.isPresent($0) ? Int64(classes[$0]) : 0 }, missing: missing))
    }
    var builder = StringDictionaryBuilder()
    for label in options.labels { _ = builder.code(of: label) }
    let codes = classes.indices.map { missing.isPresent($0) ? UInt32(classes[$0] - 1) : 0 }
    return .string(StringColumn(codes: codes, dictionary: builder.build(), missing: missing))
  }

  private func field(_ source: Field) -> Field {
    var field = Field(options.into.text, options.labels.isEmpty ? .int64 : .string, origins: source.origins)
    if options.labels.isEmpty {
      field.unit = "class"
      field.direction = source.direction
      field.decimals = 0
    }
    return field
  }
}

import BuiltinPlugins
import Parquet
import PipelineKit
import Tabular

/// A parser under test: what it does with a file of any bytes.
struct Target: Sendable {
  /// Its name, as reports print it.
  var name: String
  /// Whether a file with this head and path is a good start for damage.
  var likes: @Sendable ([UInt8], String) -> Bool
  /// Reads the file at a path. It may throw; it may not trap, hang or take memory without bound.
  var read: @Sendable (String) throws -> Void
}

extension Target {
  /// Every parser: all adapters of the catalogue, so that new ones are covered by themselves, and what is read beside
  /// data.
  static func all(fixtures: String) -> [Target] {
    let catalog = PluginCatalog.builtin
    var targets = catalog.sources.map { adapter($0) }
    targets.append(
      Target(name: "recognition", likes: { _, _ in true }) { path in
        _ = try Recogniser(catalog: catalog).recognise(path, context: RunContext(stage: "fuzz"))
      })
    targets.append(
      beside(
        "cbs_dataset_csv", option: "metadata", data: fixtures + "/kwb/synthetic_84799NED_TypedDataSet.csv",
        reads: false, likes: { _, path in path.contains("metadata") || path.contains("Categor") }))
    targets.append(
      beside(
        "sdmx_ml", option: "structure", data: fixtures + "/sdmx_ml/valid_specific_series.xml", reads: true,
        likes: { _, path in path.contains("sdmx_ml") }))
    targets.append(setting("compose", option: "profile"))
    targets.append(setting("kwb_series", option: "mapping"))
    targets.append(pipeline)
    targets.append(expression)
    return targets
  }

  private static let empty = SpecNode(.map([]), at: SourcePosition(file: "options"))

  /// An adapter with its options at their defaults.
  private static func adapter(_ entry: SourceEntry) -> Target {
    let name = entry.plugin.info.name
    return Target(name: "source \(name)", likes: { entry.recognise($0, $1).confidence > 0 || $1.contains(name) }) {
      path in
      try read(entry.plugin.make(empty, [], RunContext(stage: "fuzz")), path)
    }
  }

  /// A file that an option names, beside good data.
  private static func beside(
    _ adapter: String, option: String, data: String, reads: Bool, likes: @escaping @Sendable ([UInt8], String) -> Bool
  ) -> Target {
    Target(name: "\(option) of \(adapter)", likes: likes) { path in
      guard let entry = PluginCatalog.builtin.source(adapter) else { return }
      let node = try SpecParser.nodes("{\(option): \"\(path)\"}", file: "options")
      let source = try entry.plugin.make(node, [], RunContext(stage: "fuzz"))
      if reads { return try read(source, data) }
      _ = try source.schema(of: Input(parts: [InputPart(path: data)]), context: RunContext(stage: "fuzz"))
    }
  }

  /// A file of settings that an option of a transform names.
  private static func setting(_ transform: String, option: String) -> Target {
    Target(name: "\(option) of \(transform)", likes: { _, path in path.hasSuffix(".yml") && path.contains(option) }) {
      path in
      let node = try SpecParser.nodes("{\(option): \"\(path)\"}", file: "options")
      _ = try PluginCatalog.builtin.transform(transform)?.plugin.make(node, [], RunContext(stage: "fuzz"))
    }
  }

  private static func read(_ source: any SourceAdapter, _ path: String) throws {
    let context = RunContext(stage: "fuzz")
    let input = Input(parts: [InputPart(path: path)])
    let schema = try source.schema(of: input, context: context)
    try source.read(input.parts[0], of: input, as: schema, context: context) { batch in
      for column in batch.table.columns { column.checkInvariants() }
      return .more
    }
  }

  private static var pipeline: Target {
    let key = Array("\npipeline:".utf8)
    return Target(name: "pipeline", likes: { head, path in path.hasSuffix(".yml") && head.contains(key) }) { path in
      _ = try Planner(catalog: .builtin).plan(path: path)
    }
  }

  private static var expression: Target {
    Target(name: "expression", likes: { _, path in path.hasSuffix(".expression") }) { path in
      let text = try RunContext(stage: "fuzz").text(path)
      let table = try Table(
        schema: Schema([
          Field("a", .float64), Field("n", .int64), Field("code", .string), Field("period", .string), Field("b", .bool),
        ]),
        columns: [
          .float64(
            Float64Column([1.5, 0, -2], missing: MissingMask(reasons: [0, MissingReason.unknown.rawValue, 0]))),
          .int64(Int64Column([Int64.max, 0, Int64.min])),
          .string(StringColumn(["GM0141", nil, "BU01411106"], reason: .suppressed)),
          .string(StringColumn(["2023JJ00", "2023KW01", "x"])), .bool(BoolColumn([1, 0, 1])),
        ])
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        _ = RegionCode(String(line))?.description
        _ = PeriodCode(String(line)).description
        let position = SourcePosition(file: path)
        if let sum = try? Aggregation(parsing: String(line), at: position) { _ = try? sum.type(in: table.schema) }
        let expression = try Expression(parsing: String(line), at: position)
        _ = try expression.field(named: "x", in: table.schema)
        try expression.evaluate(on: table).checkInvariants()
      }
    }
  }
}

/// An undamaged input.
struct Seed {
  var path: String
  var bytes: [UInt8]
}

extension Seed {
  /// Seeds that are no file of the fixtures: Parquet as we write it, and formulas.
  static func made() throws -> [Seed] {
    let table = try Table(
      schema: Schema([
        Field("code", .string, role: .key), Field("share", .float64, unit: "%"), Field("n", .int64), Field("b", .bool),
        Field("day", .date),
      ]),
      columns: [
        .string(StringColumn(["GM0141", "GM0153", "GM0164", "GM0141"])),
        .float64(
          Float64Column(
            [1.5, 0, 0, -3.25], missing: MissingMask(reasons: [0, MissingReason.suppressed.rawValue, 0, 0]))),
        .int64(Int64Column([1, 2, 3, 4])),
        .bool(BoolColumn([1, 0, 1, 0])), .date(DateColumn([0, 19_000, 19_001, -1])),
      ]
    ).withStatusColumns(always: true)
    let formulas = [
      "a + n * 2 - 1 / a ^ 2", "code in ['GM0141', 'GM0153'] and not (a between 1 and 2)", "coalesce(a, missing, 3)",
      "if(b, 'x', code)", "round(a, 1) > 0.5 or b", "period_year(period)", "region_level(code)", "`code` = 'x'",
      "sum(a) / sum(n)", "-n ^ 2", "starts_with(code, 'GM')", "upper(trim(code))", "abs(log(sqrt(exp(a))))",
    ]
    return [
      Seed(path: "made.parquet", bytes: try ParquetWriter.encode(table)),
      Seed(path: "formulas.expression", bytes: Array(formulas.joined(separator: "\n").utf8)),
    ] + formulas.map { Seed(path: "one.expression", bytes: Array($0.utf8)) }
  }
}

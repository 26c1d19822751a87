import PipelineKit
@testable import Sinks
import Tabular
import Testing

@Suite struct SummarySinkTests {
  private func areas() throws -> NamedTable {
    let schema = try Schema([
      Field("code", .string, role: .key), Field("name", .string), Field("improved", .int64),
      Field("share_pct", .float64, unit: "%", decimals: 1), Field("income", .float64), Field("health", .float64),
    ])
    let missing = MissingMask(reasons: [0, 0, MissingReason.unknown.rawValue])
    return NamedTable(
      "areas",
      try Table(
        schema: schema,
        columns: [
          .string(StringColumn(["GM0141", "GM0153", "NL00"])),
          .string(StringColumn(["Almelo", "Enschede", "Nederland"])), .int64(Int64Column([56, 60, 12_345])),
          .float64(Float64Column([53.25, 40, 0], missing: missing)), .float64(Float64Column([-3, 0, 0])),
          .float64(Float64Column([1, 0, 0])),
        ]))
  }

  private let options = """
    title: {nl: Achterstand, en: Disadvantage}
    area_column: code
    label_column: name
    findings:
      - id: A10
        metric: improved
        level: gemeente
        area: GM0141
        period: 2012-2020
        value: improved
        unit: buurten
        comparators: [GM0153, NL00]
        parts: {health: {nl: gezondheid, en: health}, income: {nl: inkomen, en: income}}
        rows: {where: improved > 56, columns: [name]}
        statement:
          nl: "{area}: {value} {unit} ({share_pct} %), {improved@NL00} in {name@NL00}; {parts}"
          en: "{area}: {value:1}, NL {share_pct@NL00}; {rows.count}: {rows}"
    """

  @Test func aFindingIsWhole() throws {
    let context = RunContext()
    let text = String(
      decoding: try written(sink(SummarySink.self, options), [areas()], context: context), as: UTF8.self)
    let summary = try SpecParser.nodes(text, file: "summary.json")
    let finding = try #require(try summary["findings"]?.elements().first)
    #expect(try finding["area"]?["label"]?.text() == "Almelo")
    #expect(try finding["value"]?.text() == "56")
    let comparators = try #require(try finding["comparators"]?.elements())
    #expect(try comparators.map { try $0["difference"]?.text() } == ["-4", "-12289"])
    #expect(try finding["parts"]?.elements().map { try $0["column"]?.text() } == ["income", "health"])
    #expect(
      try finding["statement"]?["nl"]?.text()
        == "Almelo: 56 buurten (53,3 %), 12.345 in Nederland; inkomen -3,0, gezondheid +1,0")
    #expect(
      try finding["statement"]?["en"]?.text() == "Almelo: 56.0, NL unknown (unknown); 2: Enschede, Nederland")
  }

  @Test func aMissingValueKeepsItsReason() throws {
    let missing = options.split(separator: "\n").map { $0.hasSuffix("value: improved") ? "    value: share_pct" : $0 }
      .joined(separator: "\n")
    let text = String(decoding: try written(sink(SummarySink.self, missing), [areas()]), as: UTF8.self)
    let finding = try SpecParser.nodes(text, file: "s")["findings"]?.elements().first
    let comparator = try #require(try finding?["comparators"]?.elements().last)
    #expect(comparator["value"]?.content == .null)
    #expect(try comparator["status"]?.text() == "unknown")
  }

  /// A finding without a value has a line of its own when the file gives one.
  @Test func anAbsentValueIsSaidInItsOwnWords() throws {
    func statement(_ value: String) throws -> String? {
      let lines = options.split(separator: "\n").map { $0.hasSuffix("value: improved") ? "    value: \(value)" : $0 }
      let absent = "    absent: {nl: \"geen cijfer voor {area}\", en: \"no figure for {area}\"}"
      let all = lines.flatMap { $0.hasSuffix("value: \(value)") ? [String($0), absent] : [String($0)] }
      let missing = all.map { $0.hasSuffix("area: GM0141") && value == "share_pct" ? "    area: NL00" : $0 }
      let text = String(
        decoding: try written(sink(SummarySink.self, missing.joined(separator: "\n")), [areas()]), as: UTF8.self)
      return try SpecParser.nodes(text, file: "s")["findings"]?.elements().first?["statement"]?["en"]?.text()
    }
    #expect(try statement("share_pct") == "no figure for Nederland")
    #expect(try statement("improved")?.hasPrefix("Almelo: 56.0") == true)
  }

  @Test(arguments: [
    ("GM0141", "GM0142", "finding A10 (p.yml:8:11): 0 rows for area \"GM0142\", expected one; did you mean \"GM0141\"?")
  ])
  func anAreaThatIsNotThere(from: String, to: String, message: String) throws {
    let changed = options.split(separator: "\n").map { $0.hasSuffix("area: \(from)") ? "    area: \(to)" : $0 }
      .joined(separator: "\n")
    let error = #expect(throws: SinkError.self) { try written(sink(SummarySink.self, changed), [areas()]) }
    #expect(error?.message == message)
  }

  @Test(arguments: [
    (0.05, 1, "0,1", "0.1"), (-0.04, 1, "0,0", "0.0"), (1234.5, 0, "1235", "1235"),
    (12_345.6, 1, "12.345,6", "12,345.6"),
    (-7.25, 1, "-7,3", "-7.3"), (0, 2, "0,00", "0.00"),
  ])
  func numbers(value: Double, decimals: Int, nl: String, en: String) {
    #expect(Language.nl.number(value, decimals: decimals) == nl)
    #expect(Language.en.number(value, decimals: decimals) == en)
  }
}

import PipelineTesting
import BuiltinPlugins
import PipelineKit
import Tabular
import Testing

/// Downloads of OData v4 found by themselves, and the mapping of the key figures against a whole table's columns.
@Suite struct KeyFiguresTests {
  private let fixtures = Files.root + "/Fixtures/"

  /// The table of key figures in CSV files, in the series that the project's mapping makes of it.
  static func series(_ paths: [String], table: String, context: RunContext) throws -> (Schema, Table) {
    let reader = try #require(PluginCatalog.builtin.source("cbs_dataset_csv"))
    let source = try reader.plugin.make(SpecParser.nodes("{}", file: "options"), [], context)
    let origin = Origin(producer: "CBS", table: table)
    let input = Input(parts: paths.map { InputPart(path: $0) }, origin: origin)
    let schema = try source.schema(of: input, context: context)
    let rows = try readTable(paths, "cbs_dataset_csv")
    let whole = try Table(schema: schema, columns: rows.columns)
    let entry = try #require(PluginCatalog.builtin.transform("kwb_series"))
    let options = try SpecParser.nodes("{mapping: \(Files.root)/Pipelines/mappings/kwb.yml}", file: "options")
    let series = try entry.plugin.make(options, [], context)
    return (schema, try series.apply([whole], context: context))
  }

  @Test(arguments: ["cbs_odata4/valid_income", "cbs_odata4/valid_income.zip"])
  func aDownloadIsFoundByItself(path: String) throws {
    let found = try Inspection(
      fixtures + path, adapter: nil, options: [(name: "shape", value: "wide")], rows: 1, catalog: .builtin)
    #expect(found.adapter == "cbs_odata4")
    #expect(found.reason.hasSuffix("Observations.csv has a first line with the columns of OData v4 observations"))
    #expect(found.rowCount == 4)
    #expect(found.missing == [.notApplicable: 1, .unspecified: 5, .suppressed: 1, .unknown: 1])
  }

  /// A folder without observations is no download; the message is that for any folder.
  @Test func anotherFolderIsNone() throws {
    #expect(throws: PipelineError.self) {
      try Inspection(fixtures + "cbs_metadata_csv", adapter: nil, options: [], rows: 1, catalog: .builtin)
    }
    do {
      _ = try Inspection(fixtures + "cbs_metadata_csv", adapter: nil, options: [], rows: 1, catalog: .builtin)
    } catch { #expect("\(error)".hasSuffix("cbs_metadata_csv/*.csv\"")) }
  }

  /// Every topic column of the table of 2020 is in the mapping, save three; 68 columns are empty in that delivery.
  @Test func theMappingKnowsTheTableOf2020() throws {
    let context = RunContext()
    let file = fixtures + "kwb/synthetic_84799NED_TypedDataSet.csv"
    let (schema, series) = try Self.series([file], table: "84799NED", context: context)
    #expect(series.rowCount == 2_948 && schema.count == 118)
    #expect(Set(try series.numbers("year")) == [2020])
    let used = Set(series.schema.fields.flatMap(\.origins).map(\.column))
    #expect(
      schema.names.filter { !used.contains($0) } == [
        "ID", "Codering_3", "MeestVoorkomendePostcode_113", "Dekkingspercentage_114",
      ])
    #expect(series.schema.count == 2 + 118 - 5)
    #expect(series.schema["gas_owned"]?.origins.map(\.column) == ["EigenWoning_62"])
    #expect(series.schema["electricity_owned"]?.origins.map(\.column) == ["EigenWoning_54"])
    #expect(context.warnings.count == 1)
    #expect(context.warnings[0].hasPrefix("84799NED (2020): 68 of 113 topics hold no value in this delivery: "))
  }
}

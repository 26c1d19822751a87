import PipelineKit
import Tabular
import Testing

@testable import Transforms

/// The mapping that comes with the project.
private let mapping: String = {
  let parts = "\(#filePath)".split(separator: "/")
  return "/" + parts.dropLast(4).joined(separator: "/") + "/Pipelines/mappings/kwb.yml"
}()

private func origin(_ table: String, _ column: String = "") -> (inout Field) -> Void {
  { $0.origins = [Origin(producer: "CBS", table: table, column: column)] }
}

/// Some columns of the table of 2017, as OData v3 names them: a number, a stem and a letter case of their own.
private func of2017() throws -> Table {
  try table(
    .text("WijkenEnBuurten", ["GM0141", "BU01411000"]).with(origin("83765NED", "WijkenEnBuurten")),
    .double("AantalInwoners_5", [72_800, 1_200]).with(origin("83765NED", "AantalInwoners_5")),
    .double("GemiddeldeWoningwaarde_35", [160, nil], .unknown).with(origin("83765NED")),
    .double("GemiddeldElektriciteitsverbruikTotaal_47", [2_800, 2_600]).with(origin("83765NED")),
    .double("Appartement_48", [2_000, 1_900]).with(origin("83765NED")),
    .double("GemiddeldAardgasverbruikTotaal_55", [1_300, 1_200]).with(origin("83765NED")),
    .double("Appartement_56", [900, 800]).with(origin("83765NED")),
    .double("GemiddeldInkomenPerInwoner_66", [21.5, 20]).with(origin("83765NED", "GemiddeldInkomenPerInwoner_66")),
    .double("AfstandTotSchool_100", [0.6, -1]).with(origin("83765NED")))
}

/// Some columns of the table of 2022, half empty.
private func of2022() throws -> Table {
  try table(
    .text("WijkenEnBuurten", ["GM0141"]).with(origin("85318NED", "WijkenEnBuurten")),
    .int("AantalInwoners_5", [73_900]).with(origin("85318NED", "AantalInwoners_5")),
    .double("GemiddeldeWOZWaardeVanWoningen_39", [nil], .unspecified).with(origin("85318NED")),
    .double("Nettoarbeidsparticipatie_67", [71]).with(origin("85318NED")),
    .double("GemiddeldInkomenPerInwoner_78", [nil], .unspecified).with(
      origin("85318NED", "GemiddeldInkomenPerInwoner_78")))
}

private func spec(_ topics: SpecLiteral? = nil) -> SpecLiteral {
  let path: SpecLiteral = .init(stringLiteral: mapping)
  guard let topics else { return ["mapping": path] }
  return ["mapping": path, "topics": topics]
}

@Suite struct KWBSeriesTests {
  @Test func numbersStemsAndLetterCase() throws {
    let context = RunContext()
    let series = try make(KWBSeries.self, spec(), context)
    let table = try series.apply([of2017(), of2022()], context: context)
    #expect(table.schema == (try series.outputSchema(for: [of2017().schema, of2022().schema])))
    #expect(
      table.schema.names == [
        "area_code", "year", "inhabitants", "dwelling_value", "electricity", "electricity_apartment", "gas",
        "gas_apartment", "net_participation_pct", "income_per_inhabitant", "distance_school_km",
      ])
    #expect(try cells(table, "area_code") == ["GM0141", "BU01411000", "GM0141"])
    #expect(try cells(table, "year") == ["2017", "2017", "2022"])
    #expect(try cells(table, "inhabitants") == ["72800", "1200", "73900"])
    #expect(try cells(table, "dwelling_value") == ["160", "(unknown)", "(unspecified)"])
    #expect(try cells(table, "electricity_apartment") == ["2000", "1900", "(not_asked)"])
    #expect(try cells(table, "gas_apartment") == ["900", "800", "(not_asked)"])
    #expect(try cells(table, "net_participation_pct") == ["(not_asked)", "(not_asked)", "71"])
    #expect(try cells(table, "income_per_inhabitant") == ["21.5", "20", "(unspecified)"])
    #expect(try cells(table, "distance_school_km") == ["0.6", "(unknown)", "(not_asked)"])
    let income = try #require(table.schema["income_per_inhabitant"])
    #expect(income.unit == "x 1 000 euro" && income.label == "Gemiddeld inkomen per inwoner")
    #expect(income.origins.map(\.column) == ["GemiddeldInkomenPerInwoner_66", "GemiddeldInkomenPerInwoner_78"])
    #expect(
      context.warnings == [
        "83765NED: 1 values of distance_school_km are below 0, which cannot be; they are unknown",
        "85318NED (2022): 2 of 4 topics hold no value in this delivery: dwelling_value, income_per_inhabitant",
      ])
  }

  @Test func measureCodesTitlesUnitsAndGroups() throws {
    // As cbs_odata4 reads 83765NED, wide.
    let codes = try table(
      .text("WijkenEnBuurten", ["GM0141"]).with(origin("83765NED")),
      .double("M000224", [21.5]).with {
        origin("83765NED")(&$0)
        $0.unit = "x 1 000 euro"
      },
      .double("ZW25810_2", [900]), .double("ZW25810_1", [2_000]))
    let series = try run(KWBSeries.self, spec(), codes)
    #expect(
      series.schema.names == ["area_code", "year", "electricity_apartment", "gas_apartment", "income_per_inhabitant"])
    #expect(try cells(series, "gas_apartment") == ["900"])
    // Titles with their groups, a no-break space behind one, units: names say nothing.
    let titled = try table(
      .text("WijkenEnBuurten", ["GM0141"]).with(origin("84799ned")),
      .double("A_1", [2_000]).with {
        $0.label = "Energie / Elektriciteitsverbruik / Appartement"
        $0.unit = "kWh"
      },
      .double("A_2", [900]).with {
        $0.label = "Energie / Aardgasverbruik / Appartement"
        $0.unit = "m³"
      },
      .double("B_3", [22]).with { $0.label = "Gemiddeld inkomen per inwoner\u{A0}" })
    let found = try run(KWBSeries.self, spec(["gas_apartment", "income_per_inhabitant", "men"]), titled)
    #expect(found.schema.names == ["area_code", "year", "gas_apartment", "income_per_inhabitant", "men"])
    #expect(try cells(found, "gas_apartment") == ["900"])
    #expect(try cells(found, "income_per_inhabitant") == ["22"])
    #expect(try cells(found, "men") == ["(not_asked)"])
    #expect(try cells(found, "year") == ["2020"])
  }

  @Test func columnsThatAreNeeded() throws {
    let schemas = [try of2017().schema, try of2022().schema]
    let series = try make(KWBSeries.self, spec())
    #expect(
      series.neededColumns(["area_code", "gas_apartment"], inputs: schemas) == [
        [
          "WijkenEnBuurten", "Appartement_48", "Appartement_56", "GemiddeldElektriciteitsverbruikTotaal_47",
          "GemiddeldAardgasverbruikTotaal_55",
        ], ["WijkenEnBuurten"],
      ])
    #expect(series.neededColumns(nil, inputs: schemas)[1]?.count == 5)
  }

  @Test func mistakes() throws {
    let bare = try table(.text("WijkenEnBuurten", ["GM0141"]), .double("AantalInwoners_5", [1]))
    #expect(
      schemaError(KWBSeries.self, spec(), bare).hasSuffix(
        "input 1 does not say which table it is; give its source origin: {table: 84799NED}"))
    let other = try table(.text("WijkenEnBuurten", ["GM0141"]).with(origin("70072ned")))
    #expect(
      schemaError(KWBSeries.self, spec(), other).hasSuffix(
        "input 1 is the table 70072ned, of which the mapping does not know the year; add it under tables"))
    #expect(
      schemaError(KWBSeries.self, spec(), try of2017(), try of2017()).hasSuffix(
        "inputs 1 and 2 are both of 2017; give one table for each year"))
    let unit = try table(
      .text("WijkenEnBuurten", ["GM0141"]).with(origin("83765NED")),
      .double("AantalInwoners_5", [1]).with { $0.unit = "x 1 000" })
    #expect(
      schemaError(KWBSeries.self, spec(), unit).hasSuffix(
        "the topic \"inhabitants\" would be the column \"AantalInwoners_5\" of 83765NED, but that is in \"x 1 000\", "
          + "not in \"aantal\""))
    let both = try table(
      .text("WijkenEnBuurten", ["GM0141"]).with(origin("83765NED")), .double("Mannen_6", [1]), .double("Mannen_9", [1]))
    #expect(
      schemaError(KWBSeries.self, spec(), both).hasSuffix(
        "the topic \"men\" could be the columns \"Mannen_6\", \"Mannen_9\" of 83765NED; say which by group or behind, or "
          + "give its source the table's metadata"))
    let type = try table(
      .text("WijkenEnBuurten", ["GM0141"]).with(origin("83765NED")), .text("Mannen_6", ["1"]))
    #expect(
      schemaError(KWBSeries.self, spec(), type).hasSuffix(
        "the topic \"men\" is float64, but the column \"Mannen_6\" of 83765NED is string; "
          + "give its source types: {Mannen_6: float64}"))
    let area = try table(.text("Area", ["GM0141"]).with(origin("83765NED")))
    #expect(
      schemaError(KWBSeries.self, spec(), area).contains("input 1 has no column \"WijkenEnBuurten\""))
    #expect(
      schemaError(KWBSeries.self, spec(["inhabitant"]), try of2017()).hasSuffix(
        "the mapping has no topic \"inhabitant\"; did you mean \"inhabitants\"?"))
  }
}

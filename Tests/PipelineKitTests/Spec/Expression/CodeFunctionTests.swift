import PipelineKit
import Tabular
import Testing

/// Functions of the codes of areas and periods in expressions.
@Suite struct CodeFunctionTests {
  private func table() throws -> Table {
    try Cells.table([
      "area": Cells.texts(["BU01411000", "GM0141    ", nil, "Almelo", "NL01  "]),
      "number": Cells.ints([141, 3, nil, 12345, 0], .suppressed),
      "period": Cells.texts(["2023JJ00", "2022*", nil, "gemiddelde", "2020W101"], .notAsked),
      "year": Cells.ints([2023, 2022, nil, 12, 2020]), "share": Cells.floats([1, 2, 3, 4, 5]),
    ])
  }

  @Test(arguments: [
    ("region_level(area)", ["buurt", "gemeente", "!unknown", "!rejected", "land"]),
    ("region_parent(area, 'gemeente')", ["GM0141", "GM0141", "!unknown", "!rejected", "!undefined"]),
    ("region_parent(area, 'land')", ["NL00", "NL00", "!unknown", "!rejected", "NL00"]),
    ("region_code(area)", ["BU01411000", "GM0141", "!unknown", "!rejected", "NL00"]),
    ("region_code(number, 'gemeente')", ["GM0141", "GM0003", "!suppressed", "!rejected", "GM0000"]),
    ("region_code('141', 'gemeente')", ["GM0141", "GM0141", "GM0141", "GM0141", "GM0141"]),
    ("region_code(missing)", ["!unspecified", "!unspecified", "!unspecified", "!unspecified", "!unspecified"]),
    ("period_code(period)", ["2023JJ00", "2022JJ00", "!not_asked", "gemiddelde", "2020W101"]),
    ("period_year(period)", ["2023", "2022", "!not_asked", "!undefined", "2020"]),
    ("period_year(year)", ["2023", "2022", "!unknown", "!undefined", "2020"]),
    ("period_type(period)", ["year", "year", "!not_asked", "other", "week"]),
    ("period_number(period)", ["0", "0", "!not_asked", "0", "1"]),
    ("period_start(period)", ["2023-01-01", "2022-01-01", "!not_asked", "!undefined", "2019-12-30"]),
    ("period_status(period)", ["final", "provisional", "!not_asked", "final", "final"]),
  ])
  func computes(_ text: String, _ expected: [String]) throws {
    #expect(try Cells.evaluate(text, on: table()) == expected)
  }

  @Test(arguments: [
    ("region_level(share)", "p.yml:3:23: region_level needs a code as text or a whole number, found a number"),
    ("region_parent(area, 'gemeenten')", "p.yml:3:30: no level 'gemeenten' of areas; did you mean \"gemeente\"?"),
    (
      "region_parent(area, area)",
      "p.yml:3:30: the level of region_parent is one of the texts land, landsdeel, provincie, corop, arbeidsmarktregio, "
        + "ggd_regio, politieregio, gemeente, wijk, buurt"
    ),
    ("region_parent(area)", "p.yml:3:10: region_parent(code, 'level') takes 2 arguments, 1 is given"),
  ])
  func saysWhatIsWrong(_ text: String, _ message: String) throws {
    #expect(try Cells.evaluate(text, on: table()) == [message])
  }
}

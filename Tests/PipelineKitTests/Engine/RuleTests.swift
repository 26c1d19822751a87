@testable import PipelineKit
import PipelineTesting
import Tabular
import Testing

/// Checks and corrections from files of their own, and the rows that they put aside.
@Suite struct RuleTests {
  private func folder(checks: String = "checks: []", corrections: String = "corrections: []") -> TemporaryFolder {
    let folder = TemporaryFolder()
    folder.write(
      "p.yml",
      """
      pipeline: p
      sources:
        pairs: {adapter: pairs, files: "in_{year}.csv"}
      steps:
        - {id: same, uses: scale, from: pairs}
      outputs:
        - {sink: lines, from: same, path: out.txt}
      checks:
        - {on: pairs, file: rules/checks.yml}
      corrections:
        - {on: pairs, file: rules/corrections.yml}
      """)
    folder.write("rules/checks.yml", checks)
    folder.write("rules/corrections.yml", corrections)
    folder.write("in_2019.csv", "key,value\na,100\nb,20\nc,7\n")
    folder.write("in_2020.csv", "key,value\na,150\nb,21\nd,0\n")
    return folder
  }

  @discardableResult
  private func run(_ folder: TemporaryFolder) throws -> RunReport {
    let plan = try Planner(catalog: .test).plan(path: folder.path + "/p.yml")
    return try Runner(plan, options: RunOptions(outputFolder: folder.path + "/out")).run()
  }

  private func message(_ folder: TemporaryFolder) -> String {
    do {
      try run(folder)
      return "no error"
    } catch { return "\(error)".replacing(folder.path + "/", with: "") }
  }

  @Test func everyKindOfCheckCounts() throws {
    let folder = folder(
      checks: """
        checks:
          - {range: {column: value, from: 1, to: 100}, severity: warn}
          - {set: {column: key, values: [a, b, c]}, severity: warn}
          - {unique: [key], severity: warn}
          - {unique: [key, year], severity: warn}
          - {complete: value, severity: warn}
          - {jump: {column: value, by: [key], over: year, limit: 10%}, severity: warn}
          - {jump: {column: value, by: [key], over: year, limit: 1}, severity: warn}
          - {sum: {parts: [value], total: year, rounding: 2000}, severity: warn}
          - {expect: value > 7, severity: warn}
        """)
    let report = try run(folder)
    #expect(
      report.checks.map { "\($0.expect): \($0.passed) \($0.failed) \($0.undecided)" } == [
        "value from 1 to 100: 4 2 0", "key is one of a, b, c: 5 1 0", "key unique: 2 4 0", "key, year unique: 6 0 0",
        "value complete: 6 0 0", "value changes by at most 10% a year: 1 1 4",
        "value changes by at most 1 a year: 1 1 4", "value = year within 2000: 4 2 0", "value > 7: 4 2 0",
      ])
    #expect(folder.text("out/out.txt")?.hasPrefix("2019 a 100\n") == true)
  }

  @Test func anAllowanceIsANumberOrAShare() throws {
    func outcome(_ allow: String) -> String {
      message(folder(checks: "checks: [{range: {column: value, to: 100}, allow: \(allow)}]"))
    }
    #expect(outcome("1") == "no error")
    #expect(outcome("17%") == "no error")
    #expect(
      outcome("16%")
        == "rules/checks.yml:1:18: check failed on \"pairs\": \"value from anything to 100\" does not hold for 1 row(s) "
        + "(5 pass, 0 undecided, 16% allowed); outputs are left as they were")
  }

  @Test func quarantinedRowsLeaveTheTableAndAreCounted() throws {
    let folder = folder(checks: "checks: [{range: {column: value, from: 1, to: 100}, severity: quarantine}]")
    let report = try run(folder)
    #expect(folder.text("out/out.txt") == "2019 a 100\n2019 b 20\n2019 c 7\n2020 b 21\n")
    #expect(
      folder.text("out/quarantine.parquet")
        == "pairs - - value 150 value from 1 to 100 does not hold year=2020 key=a\n"
        + "pairs - - value 0 value from 1 to 100 does not hold year=2020 key=d\n")
    #expect(report.sources[0].counts.read == 6)
    #expect(report.sources[0].counts.rejected == 2)
    #expect(report.outputs.map(\.path) == ["out.txt", "quarantine.parquet"])
    let manifest = try #require(folder.text("out/manifest.json"))
    #expect(manifest.contains("\"rows_rejected\": 2"))
    #expect(manifest.contains("\"rows_kept\": 4"))
    #expect(manifest.contains("rules/checks.yml"))
    // The file goes when nothing is put aside any more.
    folder.write("rules/checks.yml", "checks: [{range: {column: value}, severity: quarantine}]")
    try run(folder)
    #expect(folder.text("out/quarantine.parquet") == nil)
  }

  @Test func aQuarantineMayHaveALimit() {
    let folder = folder(
      checks: "checks: [{range: {column: value, from: 1, to: 100}, severity: quarantine, allow: 1}]")
    #expect(message(folder).contains("does not hold for 2 row(s) (4 pass, 0 undecided, 1 allowed)"))
  }

  @Test func correctionsAreMadeWhileTheOldValueIsThere() throws {
    let folder = folder(
      corrections: """
        corrections:
          - {column: value, where: key == "a" and year == 2020, when: 150, override: 105, reason: digits, source: letter}
          - {column: value, where: key == "b", when: 20, scale: 10, reason: unit, source: letter}
          - {column: value, where: key == "c", when: 7, flag: unknown, reason: guess, source: letter}
          - {column: key, where: key == "d", when: d, drop: true, reason: twice, source: letter}
          - {column: value, where: key == "a" and year == 2019, when: 99, override: 9, reason: old, source: letter}
          - {column: value, where: key == "z", when: 1, override: 2, reason: typo, source: letter}
        """)
    let report = try run(folder)
    #expect(folder.text("out/out.txt") == "2019 a 100\n2019 b 200\n2019 c 0\n2020 a 105\n2020 b 21\n")
    #expect(
      report.corrections.map { "\($0.applied) of \($0.matched)" } == [
        "1 of 1", "1 of 2", "1 of 1", "1 of 1", "0 of 1", "0 of 0",
      ])
    #expect(
      report.warnings.map { $0.message.replacing(folder.path + "/", with: "") } == [
        "rules/corrections.yml:3:5: the correction of \"value\" does not apply to 1 row that no longer holds \"20\"; made to 1 of 2",
        "rules/corrections.yml:6:5: the correction of \"value\" does not apply to 1 row that no longer holds \"99\"; the source may be fixed: take the correction out",
        "rules/corrections.yml:7:5: no row matches the correction of \"value\"; check its \"where\"",
      ])
    #expect(report.filtered(by: "pairs", in: try Planner(catalog: .test).plan(path: folder.path + "/p.yml")) == 1)
    #expect(folder.text("out/manifest.json")?.contains("\"rows_kept\": 5") == true)
  }

  @Test func mistakesInTheFilesAreFound() {
    #expect(
      message(folder(checks: "checks: [{rnage: {column: value}}]"))
        == "rules/checks.yml:1:11: unknown key \"rnage\"; did you mean \"range\"?")
    #expect(
      message(folder(checks: "checks: [{range: {column: valeu}}]"))
        == "rules/checks.yml:1:27: no column \"valeu\"; did you mean \"value\"?")
    #expect(
      message(folder(checks: "checks: [{range: {column: key}}]"))
        == "rules/checks.yml:1:27: the check needs numbers; \"key\" is string")
    #expect(
      message(folder(checks: "checks: [{complete: value, allow: some}]"))
        == "rules/checks.yml:1:35: expected a number of at least 0, or a percentage such as 2.5%, found \"some\"")
    func correction(_ rest: String) -> String {
      message(folder(corrections: "corrections: [{column: value, where: year == 2020, reason: r, source: s, \(rest)}]"))
    }
    #expect(
      correction("override: 2")
        == "rules/corrections.yml:1:15: option \"when\" is missing; it takes a column: What the cell must still hold: its "
        + "value, or the label of a missing reason. Elsewhere the correction does nothing.")
    #expect(
      correction("when: 1, override: 2, drop: true").hasSuffix(
        ": a correction does one of drop, override, scale and flag"))
    #expect(correction("when: x, override: 2").hasSuffix(": \"when\" is \"x\", which is no float64 as \"value\""))
    #expect(
      correction("when: 1, flag: unknwon").hasSuffix(": no missing reason \"unknwon\"; did you mean \"unknown\"?"))
  }
}

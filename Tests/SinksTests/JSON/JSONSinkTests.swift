import PipelineKit
import Sinks
import Tabular
import Testing

@Suite struct JSONSinkTests {
  private func text(_ options: String, _ tables: [NamedTable]) throws -> String {
    String(decoding: try written(sink(JSONSink.self, options), tables), as: UTF8.self)
  }

  @Test func rowsAndSingleValues() throws {
    let one = NamedTable("one", try sample().gathering([0]))
    let both = NamedTable("both", try sample())
    #expect(
      try text(
        "{members: {rows: {from: both, columns: [code, rate_pct]}, rate: {from: one, column: rate_pct}}}", [one, both])
          == """
          {
            "rows": [
              {
                "code": "GM0141",
                "rate_pct": 0.1
              },
              {
                "code": "GM0153",
                "rate_pct": null
              }
            ],
            "rate": 0.1
          }

          """)
  }

  @Test func aSingleValueNeedsASingleRow() throws {
    let both = NamedTable("both", try sample())
    let error = #expect(throws: SinkError.self) {
      try text("{members: {rate: {from: both, column: rate_pct}}}", [both])
    }
    #expect(
      error?.message == "member \"rate\" is a single value, but \"both\" has 2 rows; filter or aggregate it to one")
  }

  @Test func onlyWhatIsNamedIsNeeded() throws {
    let schema = NamedSchema("both", try sample().schema)
    let some = try sink(JSONSink.self, "{members: {rows: {from: both, columns: [code]}}}")
    #expect(some.neededColumns([schema]) == [["code"]])
    #expect(try sink(JSONSink.self, "{members: {rows: both}}").neededColumns([schema]) == [nil])
    let error = #expect(throws: SpecError.self) {
      try sink(JSONSink.self, "{members: {rows: {from: both, columns: [coed]}}}").check([schema])
    }
    #expect(error?.description == "p.yml:1:41: no column \"coed\" in \"both\"; did you mean \"code\"?")
  }
}

import PipelineKit
import Sinks
import Tabular
import Testing

@Suite struct CSVSinkTests {
  @Test func writesEveryType() throws {
    let text = String(decoding: try written(sink(CSVSink.self), [NamedTable("t", sample())]), as: UTF8.self)
    #expect(
      text == """
        "code","year","rate_pct","rate_pct_status","name","name_status","scored","scored_status","day","day_status"
        "GM0141",2012,0.1,,"a ""b"", c",,true,,1970-01-01,
        "GM0153",2020,,"unknown","",,false,,2020-01-01,

        """)
  }

  @Test func withoutStatusColumns() throws {
    let bytes = try written(sink(CSVSink.self, "{status: none}"), [NamedTable("t", sample())])
    #expect(
      String(decoding: bytes, as: UTF8.self).hasPrefix("\"code\",\"year\",\"rate_pct\",\"name\",\"scored\",\"day\"\n"))
  }

  @Test func aStatusColumnThatIsThereAlreadyIsRefused() throws {
    let schema = try Schema([Field("a", .float64), Field("a_status", .string)])
    let error = #expect(throws: SpecError.self) { try sink(CSVSink.self).check([NamedSchema("t", schema)]) }
    #expect(
      error?.description
        == "csv sink, t: column \"a_status\" occurs twice; rename one of them; drop the column, or set status: none")
  }
}

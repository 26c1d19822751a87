import PipelineKit
import Testing

@Suite struct RegionCodeTests {
  @Test(arguments: [
    ("NL00", "NL00", "land"), ("NL01  ", "NL00", "land"), ("NL98", "NL98", "land"), ("LD02", "LD02", "landsdeel"),
    ("PV23  ", "PV23", "provincie"), ("CR12  ", "CR12", "corop"), ("AM35", "AM35", "arbeidsmarktregio"),
    ("GG0508", "GG0508", "ggd_regio"), ("RE02", "RE02", "politieregio"), ("GM0141    ", "GM0141", "gemeente"),
    ("wk014110", "WK014110", "wijk"), ("BU01411000", "BU01411000", "buurt"),
  ])
  func readsCodes(_ text: String, _ code: String, _ level: String) throws {
    let region = try #require(RegionCode(text))
    #expect(region.description == code)
    #expect(region.level.rawValue == level)
    #expect(RegionCode(region.description) == region)
  }

  @Test(arguments: [
    ("141", RegionCode.Level.gemeente, "GM0141"), ("0141", .gemeente, "GM0141"), ("GM0141", .gemeente, "GM0141"),
    ("3", .gemeente, "GM0003"), ("14110", .wijk, "WK014110"), ("014110", .wijk, "WK014110"), ("300", .wijk, "WK000300"),
    ("1411000", .buurt, "BU01411000"), ("30000", .buurt, "BU00030000"), ("4", .provincie, "PV04"),
    (" 12 ", .corop, "CR12"),
  ])
  func putsZerosBack(_ text: String, _ level: RegionCode.Level, _ code: String) {
    #expect(RegionCode(text, level: level)?.description == code)
  }

  @Test func refusesWhatIsNoCode() {
    for text in [
      "", "  ", "GM", "GM141", "GM01410", "XX0141", "Almelo", "141", "BU0141100", "GM01 41", "GM-141", "1E3",
    ] {
      #expect(RegionCode(text) == nil, "\(text)")
    }
    #expect(RegionCode("GM0141", level: .wijk) == nil)
    #expect(RegionCode("12345", level: .gemeente) == nil)
    #expect(RegionCode("41", level: .wijk) == nil)
    #expect(RegionCode("1000", level: .buurt) == nil)
    #expect(RegionCode("99999999999999999999", level: .buurt) == nil)
    #expect(RegionCode(.gemeente, -1) == nil)
    #expect(RegionCode(.gemeente, 10_000) == nil)
  }

  @Test func knowsTheAreasAround() throws {
    let buurt = try #require(RegionCode("BU01411000"))
    #expect(buurt.parent(.buurt) == buurt)
    #expect(buurt.parent(.wijk)?.description == "WK014110")
    #expect(buurt.parent(.gemeente)?.description == "GM0141")
    #expect(buurt.parent(.land)?.description == "NL00")
    #expect(buurt.parent(.provincie) == nil)
    #expect(RegionCode("WK014110")?.parent(.gemeente)?.description == "GM0141")
    #expect(RegionCode("WK014110")?.parent(.buurt) == nil)
    #expect(RegionCode("GM0998")?.parent(.land)?.description == "NL98")
    #expect(RegionCode("NL98")?.parent(.gemeente) == nil)
  }

  @Test func ordersAsCBSDoes() {
    let codes = [
      "NL00", "LD01", "PV20", "CR12", "AM01", "GG0508", "RE02", "GM0003", "WK000300", "BU00030000", "BU00030001",
      "WK000301", "GM0141", "WK014110", "BU01411000", "GM0153",
    ].compactMap { RegionCode($0) }
    #expect(codes.count == 16)
    #expect(codes.reversed().sorted() == codes)
  }
}

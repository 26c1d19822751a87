import PipelineKit
import Tabular
import Testing

@Suite struct PeriodCodeTests {
  /// Text, code, kind, year, number, first day.
  @Test(arguments: [
    ("2023JJ00", "2023JJ00", PeriodCode.Kind.year, 2023, 0, "2023-01-01"),
    ("2022*", "2022JJ00", .year, 2022, 0, "2022-01-01"), (" 2022 ", "2022JJ00", .year, 2022, 0, "2022-01-01"),
    ("2020KW04", "2020KW04", .quarter, 2020, 4, "2020-10-01"), ("2020MM02", "2020MM02", .month, 2020, 2, "2020-02-01"),
    // ISO 8601: week 1 of 2020 starts on 30 December 2019, week 53 on 28 December 2020.
    ("2020W101", "2020W101", .week, 2020, 1, "2019-12-30"), ("2020W153", "2020W153", .week, 2020, 53, "2020-12-28"),
    ("2021W101", "2021W101", .week, 2021, 1, "2021-01-04"), ("2019W153", "2019W153", .week, 2019, 53, "-"),
    ("2019X000", "2019X000", .partWeek, 2019, 0, "-"), ("20200229", "20200229", .day, 2020, 229, "2020-02-29"),
    ("2018SJ00", "2018SJ00", .schoolYear, 2018, 0, "2018-08-01"),
    ("2015/2016", "2015SJ00", .schoolYear, 2015, 0, "2015-08-01"),
    ("2020 1e kwartaal*", "2020KW01", .quarter, 2020, 1, "2020-01-01"),
    ("2020 december", "2020MM12", .month, 2020, 12, "2020-12-01"), ("2018G400", "2018G400", .other, 2018, 0, "-"),
    ("2018HJ01", "2018HJ01", .other, 2018, 0, "-"), ("20210229", "20210229", .other, 2021, 0, "-"),
    ("2020KW05", "2020KW05", .other, 2020, 0, "-"),
  ])
  func reads(_ text: String, _ code: String, _ kind: PeriodCode.Kind, _ year: Int, _ number: Int, _ start: String) {
    let period = PeriodCode(text)
    #expect(period.description == code)
    #expect(period.kind == kind)
    #expect(period.year == year)
    #expect(period.number == number)
    #expect(period.start.map { CalendarDay.text(of: $0) } ?? "-" == start)
    #expect(PeriodCode(code).start == period.start)
  }

  @Test(arguments: ["", "gemiddelde", "2015/2017", "0000JJ00", "in 2020", "2020JJ000", "2020mei", "202", "12-2020"])
  func keepsTheRestAsLabels(_ text: String) {
    let period = PeriodCode(text)
    #expect(period.kind == .other)
    #expect(period.year == nil)
    #expect(period.description == text)
    #expect(period.start == nil)
  }

  @Test func starsSayThatFiguresMayChange() {
    #expect(PeriodCode("2022").status == .final)
    #expect(PeriodCode("2022*").status == .provisional)
    #expect(PeriodCode("2022** ").status == .revisedProvisional)
    #expect(PeriodCode("2022*") != PeriodCode("2022"))
    #expect(PeriodCode("2022") == PeriodCode("2022JJ00"))
  }

  @Test func ordersByTime() {
    let periods = [
      "2019JJ00", "2019KW01", "2019MM01", "20190101", "2019KW02", "2019SJ00", "2019X000", "2020JJ00", "2020*",
      "alle jaren",
    ].map { PeriodCode($0) }
    #expect(periods.reversed().sorted() == periods)
  }
}

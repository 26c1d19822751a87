import Glibc
import Tabular

@testable import Parquet

/// Numbers that look random and are the same on every run.
struct Sequence64 {
  private var state: UInt64

  init(_ seed: UInt64 = 1) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}

/// A table with a column of every type, keys first; about a third of the other cells is missing, for every reason.
func mixedTable(rows: Int, seed: UInt64 = 1, distinct: Int = 50) throws -> Table {
  var random = Sequence64(seed)
  let all = MissingReason.allCases
  func reasons(_ random: inout Sequence64) -> [UInt8] {
    (0..<rows).map { _ in random.below(3) == 0 ? all[random.below(all.count)].rawValue : 0 }
  }
  func blank<E>(_ values: [E], _ reasons: [UInt8], _ zero: E) -> [E] { zip(values, reasons).map { $1 == 0 ? $0 : zero } }
  let (a, b, c, d, e) = (
    reasons(&random), reasons(&random), reasons(&random), reasons(&random), reasons(&random)
  )
  let texts = ["", "Ommen", "'s-Gravenhage", "Súdwest-Fryslân", "€ 1 000", "🏘️ buurt", String(repeating: "lang ", count: 40)]
  let fields = [
    Field("gebied", .string, role: .key), Field("jaar", .int64, role: .key),
    Field(
      "inkomen", .float64, unit: "1 000 euro", label: "Gemiddeld \"inkomen\"", direction: .higherIsBetter, decimals: 1,
      origins: [Origin(producer: "CBS", table: "84799NED", column: "x_1", vintage: "2021-03-26", licence: "CC BY 4.0")]),
    Field("aantal", .int64, role: .weight), Field("naam", .string), Field("stedelijk", .bool), Field("peildatum", .date),
  ]
  return try Table(
    schema: Schema(fields),
    columns: [
      .string(StringColumn((0..<rows).map { "BU\(1_000_000 + $0 / 3)" })),
      .int64(Int64Column((0..<rows).map { Int64(2014 + $0 % 3) })),
      .float64(
        Float64Column(blank((0..<rows).map { _ in Double(random.below(distinct)) / 10 - 2 }, a, 0), missing: MissingMask(reasons: a))),
      .int64(
        Int64Column(blank((0..<rows).map { _ in Int64(bitPattern: random.next()) }, b, 0), missing: MissingMask(reasons: b))),
      .string(
        {
          let column = StringColumn((0..<rows).map { _ in texts[random.below(texts.count)] })
          return StringColumn(
            codes: blank(column.codes, c, 0), dictionary: column.dictionary, missing: MissingMask(reasons: c))
        }()),
      .bool(BoolColumn(blank((0..<rows).map { _ in UInt8(random.below(2)) }, d, 0), missing: MissingMask(reasons: d))),
      .date(DateColumn(blank((0..<rows).map { _ in Int32(random.below(40_000)) - 5_000 }, e, 0), missing: MissingMask(reasons: e))),
    ])
}

/// A table of one column `x`.
func single(_ column: Column, role: FieldRole = .measure) throws -> Table {
  try Table(schema: Schema([Field("x", column.type, role: role)]), columns: [column])
}

/// The table as it comes back from a file; status columns are written and folded back.
func roundTrip(_ table: Table, _ options: ParquetWriterOptions = ParquetWriterOptions()) throws -> Table {
  let bytes = try ParquetWriter.encode(try table.withStatusColumns(), options: options)
  return try ParquetReader(bytes: bytes).read()
}

/// The environment variable `name`, or nil.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// All bytes of the file at `path`.
func contents(_ path: String) throws -> [UInt8] {
  let file = try ParquetFile(path: path)
  return try file.read(at: 0, count: file.size)
}

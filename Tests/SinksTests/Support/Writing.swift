import PipelineKit
import PipelineTesting
import Tabular
import Testing

/// Writes tables through a sink into a temporary file and returns the bytes.
func written<S: Sink>(_ sink: S, _ inputs: [NamedTable], context: RunContext = RunContext()) throws -> [UInt8] {
  let folder = TemporaryFolder()
  let output = try OutputFile(path: folder.path + "/out")
  try sink.write(inputs, to: output, context: context)
  return try #require(folder.read("out.partial"))
}

/// A sink from the text of its options.
func sink<S: Sink>(_: S.Type, _ options: String = "{}") throws -> S {
  let node = try SpecParser.nodes(options, file: "p.yml")
  return try S(options: try S.Options(option: node), context: RunContext())
}

/// Two areas, one of them without a value, with every column type.
func sample() throws -> Table {
  let schema = try Schema([
    Field("code", .string, role: .key), Field("year", .int64, role: .key),
    Field("rate_pct", .float64, unit: "%", decimals: 1, origins: [Origin(producer: "CBS", table: "84799NED")]),
    Field("name", .string), Field("scored", .bool), Field("day", .date),
  ])
  let missing = MissingMask(reasons: [0, MissingReason.unknown.rawValue])
  return try Table(
    schema: schema,
    columns: [
      .string(StringColumn(["GM0141", "GM0153"])), .int64(Int64Column([2012, 2020])),
      .float64(Float64Column([0.1, 0], missing: missing)), .string(StringColumn(["a \"b\", c", ""])),
      .bool(BoolColumn([1, 0])), .date(DateColumn([0, 18262])),
    ])
}

import Glibc
import PipelineKit
import Tabular

/// Writes tables through a sink into a temporary file and returns the bytes.
func written<S: Sink>(_ sink: S, _ inputs: [NamedTable], context: RunContext = RunContext()) throws -> [UInt8] {
  var template = Array("/tmp/peil-sink-XXXXXX".utf8CString)
  let folder = String(cString: mkdtemp(&template))
  defer { rmdir(folder) }
  let output = try OutputFile(path: folder + "/out")
  try sink.write(inputs, to: output, context: context)
  return try RunContext().open(folder + "/out.partial").readAll()
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

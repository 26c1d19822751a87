import PipelineKit
import PipelineTesting
import Tabular
import Testing

/// Doubles a column, with a fault.
private struct FaultyDouble: Transform {
  enum Fault: String, OptionChoice {
    case none
    case forgets
    case overwrites
    case looksAround = "looks_around"
  }

  struct Options: PluginOptions {
    var fault = Fault.none
    static var declaration: [OptionField<Self>] { [.init("fault", \.fault, "The rule that is broken.")] }
  }

  static let info = PluginInfo(name: "faulty_double", summary: "Doubles, with a fault.")
  let fault: Fault
  var isRowLevel: Bool { true }

  init(options: Options, context: RunContext) throws(SpecError) { fault = options.fault }

  func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
    [fault == .forgets ? Set(["k"]) : needed.map { $0.contains("k") ? ["k", "x"] : ["x"] }]
  }

  func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
    do {
      return try inputs[0].mapFields { $0.name == "x" && fault == .overwrites ? Field("x", .float64, unit: "%") : $0 }
    } catch { throw SpecError(SourcePosition(file: "x"), "\(error)") }
  }

  func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
    do throws(TabularError) {
      guard case .float64(let c) = try inputs[0].column("x") else { throw .schemaMismatch("x is no number") }
      let extra = fault == .looksAround ? Double(c.values.count) : 0
      let doubled = Column.float64(Float64Column(c.values.map { 2 * $0 + extra }, missing: c.missing))
      return try Table(
        schema: inputs[0].schema,
        columns: zip(inputs[0].schema.names, inputs[0].columns).map { $0 == "x" ? doubled : $1 })
    } catch { throw TransformError("\(error)") }
  }
}

/// Writes row counts, with a fault.
private struct FaultyCount: StreamingSink {
  struct Options: PluginOptions {
    var pieces = false
    static var declaration: [OptionField<Self>] { [.init("pieces", \.pieces, "Count each piece by itself.")] }
  }

  static let info = PluginInfo(name: "faulty_count", summary: "Counts, with a fault.")
  let pieces: Bool

  init(options: Options, context: RunContext) throws(SpecError) { pieces = options.pieces }

  func open(_ schema: Schema, to output: OutputFile, context: RunContext) throws(SinkError) -> any SinkStream {
    Stream(output, pieces)
  }

  final class Stream: SinkStream {
    private let output: OutputFile
    private let pieces: Bool
    private var rows = 0

    init(_ output: OutputFile, _ pieces: Bool) {
      self.output = output
      self.pieces = pieces
    }

    func append(_ table: Table) throws(SinkError) {
      rows += table.rowCount
      if pieces { try output.write("\(table.rowCount)\n") }
    }

    func finish() throws(SinkError) { try output.write("\(rows)\n") }
  }
}

@Suite struct TransformAndSinkTests {
  private func table() throws -> Table {
    try Table(
      schema: Schema([Field("k", .string), Field("x", .float64)]),
      columns: [.string(StringColumn(["a", "b", "c"])), .float64(Float64Column([1, 2, 3]))])
  }

  @Test(arguments: [
    ("none", []),
    (
      "overwrites",
      [
        "the table has another schema than outputSchema promised",
        "inputs without rows give another schema",
      ]
    ), ("looks_around", ["rows depend on each other"]),
    ("forgets", ["no column \"x\"; there are: k"]),
  ]) func transforms(_ fault: String, _ expected: [String]) throws {
    let trial = TransformConformance(FaultyDouble.self, options: "{fault: \(fault)}", inputs: [try table()])
    #expect(trial.violations() == expected)
  }

  @Test func sinks() throws {
    let inputs = [NamedTable("t", try table())]
    let sound = SinkConformance(FaultyCount.self, inputs: inputs)
    #expect(sound.violations() == [])
    #expect(try String(decoding: sound.bytes(), as: UTF8.self) == "3\n")
    let faulty = SinkConformance(FaultyCount.self, options: "{pieces: true}", inputs: inputs)
    #expect(faulty.violations() == ["rows that come in two pieces give other bytes"])
  }
}

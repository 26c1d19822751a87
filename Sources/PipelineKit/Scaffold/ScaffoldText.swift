/// The texts of new plugins; `@TYPE@` and `@NAME@` are filled in.
enum ScaffoldText {
  static let source = #"""
    public import PipelineKit
    public import Tabular

    /// Reads lines of an area's code and a rate, with a bar between them.
    public struct @TYPE@: SourceAdapter {
      /// The options of ``@TYPE@``.
      public struct Options: PluginOptions {
        var secret = "x"

        /// `x` marks a secret rate.
        public init() {}

        /// The options.
        public static var declaration: [OptionField<Self>] {
          [.init("secret", \.secret, "The text that stands for a rate that is withheld.")]
        }
      }

      /// Name, summary, rules.
      public static let info = PluginInfo(
        name: "@NAME@", summary: "Reads lines of an area's code and a rate, with a bar between them.",
        details: """
          Each line holds a code, a bar and a number with a decimal point. The code is text and never becomes a number. A rate
          that is withheld is missing for `suppressed`.
          """,
        example: "rates: {adapter: @NAME@, files: data/rates_*.txt}")

      private let options: Options

      /// An adapter with its options.
      public init(options: Options, context: RunContext) throws(SpecError) { self.options = options }

      /// A first line with one bar in it.
      public static func recognise(head: [UInt8], path: String) -> Recognition {
        let line = head.prefix { $0 != 0x0A && $0 != 0x0D }
        return line.count { $0 == UInt8(ascii: "|") } == 1
          ? Recognition(20, "a first line with one bar") : Recognition(0, "no first line with one bar")
      }

      /// The two columns; what a file says about itself would be read here, from its head.
      public func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
        for part in input.parts where try context.head(part.path).isEmpty {
          throw SourceError(file: part.path, "is empty; expected lines such as GM0141|12.5")
        }
        func origin(_ column: String) -> [Origin] {
          var origin = input.origin
          origin.column = column
          return [origin]
        }
        let code = Field("area_code", .string, role: .key, origins: origin("area_code"))
        let rate = Field("rate_pct", .float64, unit: "%", decimals: 1, origins: origin("rate_pct"))
        do throws(TabularError) { return try Schema([code, rate]) } catch { preconditionFailure("two names") }
      }

      /// Hands on the lines of one file in batches.
      public func read(
        _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
      ) throws(SourceError) {
        let file = try context.open(part.path)
        let cells = CellDialect(
          numbers: NumberParser(decimalMark: UInt8(ascii: ".")), markers: [.init(options.secret, .suppressed)],
          emptyReason: .unknown)
        let decoder: BatchDecoder
        do throws(TabularError) { decoder = try BatchDecoder(schema: schema, dialect: cells) } catch {
          throw SourceError(file: part.path, "\(error)")
        }
        let places = [schema.index(of: "area_code"), schema.index(of: "rate_pct")]
        var lines = LineReader(file)
        var rows = 0
        while let line = try lines.next() {
          let fields = line.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
          guard fields.count == 2 else {
            throw SourceError(
              file: part.path, line: lines.number, "found \(fields.count) fields, expected a code, a bar and a rate")
          }
          for (field, place) in zip(fields, places) {
            guard let place else { continue }
            field.withUnsafeBufferPointer { bytes in
              if let start = bytes.baseAddress {
                ColumnSlot.append(start, bytes.count, to: decoder.slot(place))
              } else {
                decoder.slot(place).pointee.appendMissing(.unknown)
              }
            }
          }
          if let trouble = decoder.trouble {
            throw SourceError(
              file: part.path, line: lines.number, column: schema[trouble.column].name,
              "cannot read \"\(String(decoding: trouble.bytes, as: UTF8.self))\"; rates have a decimal point, and a rate "
                + "that is withheld is \(options.secret)")
          }
          rows += 1
          if rows == decoder.batchRows {
            context.count(read: rows)
            if receive(Batch(decoder.take(rows: rows))) == .stop { return }
            rows = 0
          }
        }
        context.count(read: rows)
        if rows > 0 { _ = receive(Batch(decoder.take(rows: rows))) }
      }
    }

    /// The lines of a file, one after the other.
    private struct LineReader {
      private let file: InputFile
      private var bytes: ArraySlice<UInt8> = []
      private var isAtEnd = false
      /// The number of the last line, from 1.
      private(set) var number = 0

      init(_ file: InputFile) { self.file = file }

      /// The next line without its end, or nil.
      mutating func next() throws(SourceError) -> ArraySlice<UInt8>? {
        while true {
          if let end = bytes.firstIndex(of: 0x0A) {
            let line = bytes[..<end]
            bytes = bytes[(end + 1)...]
            return taken(line)
          }
          if isAtEnd {
            defer { bytes = [] }
            return bytes.isEmpty ? nil : taken(bytes)
          }
          let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
          defer { buffer.deallocate() }
          let count = try file.read(into: buffer)
          isAtEnd = count == 0
          bytes = ArraySlice(Array(bytes) + buffer[..<count])
        }
      }

      private mutating func taken(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        number += 1
        var line = line
        if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        if line.last == 0x0D { line = line.dropLast() }
        return line
      }
    }

    """#

  static let sourceTest = #"""
    import PipelineKit
    import PipelineTesting
    import SourceAdapters
    import Tabular
    import Testing

    @Suite struct @TYPE@Tests {
      private func adapter() throws -> @TYPE@ {
        try @TYPE@(options: @TYPE@.Options(), context: RunContext())
      }

      @Test func keepsTheContract() {
        let trial = SourceConformance(
          @TYPE@.self, file: fixtures + "@NAME@/valid_@NAME@.txt", reasons: [.suppressed],
          large: { Array((0..<30_000).map { "GM\(1000 + $0 % 400)|\($0 % 100).5\n" }.joined().utf8) })
        #expect(trial.violations() == [])
      }

      @Test func readsCodesAndRates() throws {
        let table = try readAll(adapter(), [fixtures + "@NAME@/valid_@NAME@.txt"])
        #expect(try cells(table, "area_code") == ["GM0141", "GM0153", "GM0164"])
        #expect(try cells(table, "rate_pct") == ["12.5", "<suppressed>", "9.75"])
      }

      @Test func saysWhatIsWrong() {
        let text = message { _ = try readAll(adapter(), [fixtures + "@NAME@/invalid_@NAME@.txt"]) }
        #expect(
          text == "@NAME@/invalid_@NAME@.txt:2: column \"rate_pct\": cannot read \"9,75\"; rates have a decimal point, and "
            + "a rate that is withheld is x")
      }
    }

    """#

  static let readme = """
    Made by hand for the tests of the adapter `@NAME@`.

    - `valid_@NAME@.txt`: three areas, the rate of one of them withheld.
    - `invalid_@NAME@.txt`: a rate with a decimal comma in the second line.

    """

  static let valid = "GM0141|12.5\nGM0153|x\nGM0164|9.75\n"
  static let invalid = "GM0141|12.5\nGM0153|9,75\n"

  static let transform = #"""
    public import PipelineKit
    public import Tabular

    /// Adds the share that each row has in the sum of a column.
    public struct @TYPE@: Transform {
      /// The options of ``@TYPE@``.
      public struct Options: PluginOptions {
        var column = Located("", at: SourcePosition(file: ""))
        var into = Located("", at: SourcePosition(file: ""))

        /// Nothing named.
        public init() {}

        /// The options.
        public static var declaration: [OptionField<Self>] {
          [
            .init("column", \.column, required: true, "The numbers."),
            .init("into", \.into, required: true, "The name of the new column."),
          ]
        }
      }

      /// Name, rules, example.
      public static let info = PluginInfo(
        name: "@NAME@", summary: "Adds the share that each row has in the sum of a column.",
        details: """
          The share is 100 * value / sum, over the rows that have a value. A missing value stays missing with its reason;
          where the sum is 0 the shares are `undefined`.
          """,
        example: "- {id: shares, uses: @NAME@, from: areas, column: inhabitants, into: inhabitants_pct}")

      private let options: Options

      /// A transform with the given options.
      public init(options: Options, context: RunContext) throws(SpecError) { self.options = options }

      /// What is wanted of the input, and the numbers.
      public func neededColumns(_ needed: Set<String>?, inputs: [Schema]) -> [Set<String>?] {
        [needed.map { $0.subtracting([options.into.text]).union([options.column.text]) }]
      }

      /// The input's columns and the share.
      public func outputSchema(for inputs: [Schema]) throws(SpecError) -> Schema {
        _ = try inputs[0].numericField(at: options.column)
        try inputs[0].checkFree(options.into.text, at: options.into.position)
        return try inputs[0].appending([field(inputs[0])], at: options.into.position)
      }

      private func field(_ input: Schema) -> Field {
        Field(options.into.text, .float64, unit: "%", decimals: 1, origins: input[options.column.text]?.origins ?? [])
      }

      /// The input with the shares. Arithmetic that deserves a name belongs in Statistics, as a function with its own tests.
      public func apply(_ inputs: [Table], context: RunContext) throws(TransformError) -> Table {
        let numbers = try NumberColumn(inputs[0], options.column.text)
        var reasons = numbers.reasons.isEmpty ? [UInt8](repeating: 0, count: numbers.values.count) : numbers.reasons
        // A row without a value stores 0.
        let sum = numbers.values.reduce(0, +)
        if sum == 0 { reasons = reasons.map { $0 == 0 ? MissingReason.undefined.rawValue : $0 } }
        let shares = zip(numbers.values, reasons).map { value, reason in reason == 0 ? 100 * value / sum : 0 }
        let column = Column.float64(Float64Column(shares, missing: MissingMask(reasons: reasons)))
        return try inputs[0].appending([field(inputs[0].schema)], [column])
      }
    }

    """#

  static let transformTest = #"""
    import PipelineKit
    import PipelineTesting
    import Tabular
    import Testing

    @testable import Transforms

    @Suite struct @TYPE@Tests {
      @Test func addsShares() throws {
        let input = try table(.text("code", ["A", "B", "C"]), .double("n", [1, 3, nil], .suppressed))
        let output = try run(@TYPE@.self, ["column": "n", "into": "n_pct"], input)
        #expect(try cells(output, "n_pct") == ["25", "75", "(suppressed)"])
      }

      @Test func aSumOfZeroHasNoShares() throws {
        let input = try table(.int("n", [0, 0]))
        #expect(try cells(run(@TYPE@.self, ["column": "n", "into": "n_pct"], input), "n_pct") == ["(undefined)", "(undefined)"])
      }

      @Test func keepsTheContract() throws {
        let input = try table(.text("code", ["A", "B"]), .int("n", [1, nil]))
        let trial = TransformConformance(@TYPE@.self, options: "{column: n, into: n_pct}", inputs: [input])
        #expect(trial.violations() == [])
      }

      @Test func saysWhatIsWrong() throws {
        let input = try table(.text("code", ["A"]), .int("n", [1]))
        #expect(
          schemaError(@TYPE@.self, ["column": "m", "into": "n_pct"], input)
            == "p.yml:1:1: the input has no column \"m\"; there are: code, n")
      }
    }

    """#

  static let sink = #"""
    public import PipelineKit
    import Tabular

    /// Writes a table as a list for people: a line a row, `name: value` between semicolons.
    public struct @TYPE@: Sink {
      /// The options of ``@TYPE@``.
      public struct Options: PluginOptions {
        var missing = "-"

        /// A dash for what is missing.
        public init() {}

        /// The options.
        public static var declaration: [OptionField<Self>] {
          [.init("missing", \.missing, "What stands where there is no value.")]
        }
      }

      /// Name, rules, example.
      public static let info = PluginInfo(
        name: "@NAME@", summary: "Writes a table as a list for people, a line a row.",
        details: "Each line holds `name: value` for every column, with a semicolon between them.",
        example: "- {sink: @NAME@, from: scores, path: scores.txt}")

      private let options: Options

      /// A sink with the given options.
      public init(options: Options, context: RunContext) throws(SpecError) { self.options = options }

      /// Writes the rows of all inputs, one after the other.
      public func write(_ inputs: [NamedTable], to output: OutputFile, context: RunContext) throws(SinkError) {
        for input in inputs {
          for row in 0..<input.table.rowCount {
            let cells = zip(input.table.schema.names, input.table.columns).map { name, column in
              "\(name): \(column.text(at: row) ?? options.missing)"
            }
            try output.write(cells.joined(separator: "; ") + "\n")
          }
        }
      }
    }

    """#

  static let sinkTest = #"""
    import PipelineKit
    import PipelineTesting
    import Sinks
    import Tabular
    import Testing

    @Suite struct @TYPE@Tests {
      private func table() throws -> Table {
        try Table(
          schema: Schema([Field("code", .string, role: .key), Field("n", .int64)]),
          columns: [
            .string(StringColumn(["GM0141", "GM0153"])),
            .int64(Int64Column([7, 0], missing: MissingMask(reasons: [0, MissingReason.unknown.rawValue]))),
          ])
      }

      @Test func writesALineARow() throws {
        let trial = SinkConformance(@TYPE@.self, inputs: [NamedTable("areas", try table())])
        #expect(try String(decoding: trial.bytes(), as: UTF8.self) == "code: GM0141; n: 7\ncode: GM0153; n: -\n")
      }

      @Test func keepsTheContract() throws {
        let trial = SinkConformance(@TYPE@.self, options: "{missing: none}", inputs: [NamedTable("areas", try table())])
        #expect(trial.violations() == [])
      }
    }

    """#
}

public import PipelineKit
public import Tabular

/// The contract of source adapters, checked on one valid file. One call in an adapter's test:
///
/// ```swift
/// @Test func keepsTheContract() {
///   let trial = SourceConformance(PipeTable.self, file: fixtures + "pipes/valid_rates.txt", reasons: [.suppressed])
///   #expect(trial.violations() == [])
/// }
/// ```
///
/// What is checked: the schema stands before data and every batch has it; a selection of columns, in another order, gives
/// the same cells; a second read and reads side by side give the same content; files are read through the context, to
/// their end, and rows are counted; `stop` is heeded; a large file comes in pieces; missing cells keep their reasons;
/// columns have origins; nothing is written to standard output. Damaged copies of the file - cut, empty, with a byte
/// order mark, with other line ends, wrongly encoded - are read as well or refused with a ``SourceError`` that names file
/// and line, and never trap.
public struct SourceConformance<Adapter: SourceAdapter>: Sendable {
  /// How the bytes of the format are made up.
  public enum Format: Sendable {
    /// UTF-8 text in lines.
    case text
    /// Anything else; errors need not name a line, and byte order marks and line ends mean nothing.
    case binary
  }

  /// What the adapter claims to do.
  public struct Capabilities: OptionSet, Sendable {
    /// The bits.
    public let rawValue: Int
    /// A set of capabilities.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Hands on batches while it reads; without it the format may need the whole file first.
    public static var streams: Capabilities { Capabilities(rawValue: 1) }
    /// Gives every measure a title and a unit.
    public static var describes: Capabilities { Capabilities(rawValue: 2) }
    /// Notices a file that is cut in the middle of a record.
    public static var noticesCuts: Capabilities { Capabilities(rawValue: 4) }
  }

  let options: String
  let file: String
  let format: Format
  let reasons: Set<MissingReason>
  let capabilities: Capabilities
  let large: (@Sendable () -> [UInt8])?
  let origin = Origin(producer: "Peil", table: "conformance", licence: "CC0")

  /// A trial of `adapter`.
  ///
  /// - Parameters:
  ///   - options: the adapter's options as YAML.
  ///   - file: a valid file with some rows, and missing cells where the format has them.
  ///   - format: text or binary.
  ///   - reasons: the reasons of the missing cells in the file, all of them.
  ///   - capabilities: what the adapter claims; each claim is checked.
  ///   - large: the bytes of a valid file of more than 20,000 rows, for the checks on memory and stopping.
  public init(
    _ adapter: Adapter.Type, options: String = "{}", file: String, format: Format = .text, reasons: Set<MissingReason>,
    capabilities: Capabilities = [.streams, .noticesCuts], large: (@Sendable () -> [UInt8])? = nil
  ) {
    self.options = options
    self.file = file
    self.format = format
    self.reasons = reasons
    self.capabilities = capabilities
    self.large = large
  }

  /// What the adapter does against its contract, a sentence each; empty when all is well.
  public func violations() -> [String] {
    let adapter: Adapter
    do {
      let node = try SpecParser.nodes(options, file: "options")
      adapter = try Adapter(options: Adapter.Options(option: node), context: RunContext(stage: "conformance"))
    } catch { return ["the options are refused: \(error)"] }
    guard let head = try? RunContext().head(file, count: 1 << 16), !head.isEmpty else {
      return ["the file \(file) cannot be read or is empty"]
    }
    let trial = SourceTrial(adapter: adapter, path: file, origin: origin)
    var found: [String] = []
    found += recognition(head)
    guard case .success(let whole) = trial.read() else {
      return found + ["the valid file is refused: \(trial.read().text)"]
    }
    found += content(trial, whole)
    found += doors(trial, whole)
    found += repetition(trial, whole)
    found += description(whole.schema)
    found += stopping(trial)
    found += output(trial)
    found += size(adapter)
    found += damage(adapter, whole)
    return found
  }

  // MARK: - The valid file

  private func recognition(_ head: [UInt8]) -> [String] {
    var found: [String] = []
    let mine = Adapter.recognise(head: head, path: file)
    if mine.confidence <= 0 { found.append("recognise does not know its own file: \(mine.reason)") }
    if !(0...100).contains(mine.confidence) { found.append("recognise gives \(mine.confidence), beyond 0 to 100") }
    if mine.reason.isEmpty { found.append("recognise gives no reason") }
    if Adapter.recognise(head: [], path: "nothing").confidence > 0 { found.append("recognise claims an empty file") }
    for length in [1, 2, 3, head.count / 2] { _ = Adapter.recognise(head: Array(head.prefix(length)), path: file) }
    return found
  }

  private func content(_ trial: SourceTrial<Adapter>, _ whole: SourceTrial<Adapter>.Reading) -> [String] {
    var found: [String] = []
    if whole.schema.count == 0 { found.append("the schema has no columns") }
    if whole.table.rowCount == 0 { found.append("the valid file gives no rows; choose one that has some") }
    for text in whole.mismatches { found.append("a batch is not what was asked for: \(text)") }
    var seen: Set<MissingReason> = []
    for column in whole.table.columns {
      column.checkInvariants()
      for reason in column.missing?.reasons ?? [] {
        if let reason = MissingReason(rawValue: reason) { seen.insert(reason) }
      }
    }
    if seen != reasons {
      found.append("missing cells are \(Self.list(seen)), expected \(Self.list(reasons)): reasons must be kept apart")
    }
    let names = whole.schema.names
    var selections = [Array(names.reversed()), Array(names.suffix(1)), Array(names.prefix(1))]
    selections.append(names.enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
    for selection in selections where !selection.isEmpty {
      switch trial.read(columns: selection) {
      case .failure(let error): found.append("the columns \(selection) alone are refused: \(error)")
      case .success(let part):
        if let mismatch = part.mismatches.first {
          found.append("a batch is not what was asked for: \(mismatch)")
        } else if let expected = try? whole.table.selecting(selection), expected.columns != part.table.columns {
          found.append("the columns \(selection) alone have other cells than among all")
        }
      }
    }
    return found
  }

  private static func list(_ reasons: Set<MissingReason>) -> String {
    reasons.isEmpty ? "none" : reasons.sorted().map(\.label).joined(separator: ", ")
  }

  private func doors(_ trial: SourceTrial<Adapter>, _ whole: SourceTrial<Adapter>.Reading) -> [String] {
    var found: [String] = []
    let bytes = Files.size(file)
    let facts = whole.context.filesRead.first { $0.path == file }
    if facts?.bytes != bytes {
      found.append(
        "the file was not read to its end through the context: \(facts?.bytes ?? 0) of \(bytes) bytes passed")
    }
    let counts = whole.context.rowCounts
    if counts.read - counts.rejected != whole.table.rowCount {
      found.append(
        "context.count was told \(counts.read) rows read and \(counts.rejected) rejected, \(whole.table.rowCount) were "
          + "handed on")
    }
    let nowhere = SourceTrial(adapter: trial.adapter, path: file + ".not-there", origin: origin)
    switch nowhere.read() {
    case .success: found.append("a file that does not exist is read")
    case .failure(let error):
      if (error as? SourceError)?.kind != .unreadable {
        found.append("a file that does not exist gives no error of the kind unreadable: \(error)")
      }
    }
    return found
  }

  private func repetition(_ trial: SourceTrial<Adapter>, _ whole: SourceTrial<Adapter>.Reading) -> [String] {
    var found: [String] = []
    if case .success(let again) = trial.read(), again.table == whole.table {
      // As it should be.
    } else {
      found.append("a second read gives another table")
    }
    let results = Slots<Table>(4)
    RunContext(stage: "conformance", threads: 4).parallel(4) { i in
      if case .success(let reading) = trial.read() { results.set(i, reading.table) }
    }
    if !results.values.allSatisfy({ $0 == whole.table }) {
      found.append("reads side by side give other tables: the adapter keeps state between calls")
    }
    return found
  }

  private func description(_ schema: Schema) -> [String] {
    var found: [String] = []
    for field in schema.fields {
      if !field.origins.contains(where: { $0.producer == origin.producer && $0.table == origin.table }) {
        found.append("column \"\(field.name)\" does not carry the origin of the input")
      } else if field.origins.contains(where: { $0.column.isEmpty }) {
        found.append("column \"\(field.name)\" has an origin without a column")
      }
      guard capabilities.contains(.describes), field.role == .measure, field.type.isNumeric else { continue }
      if field.label.isEmpty { found.append("column \"\(field.name)\" has no title") }
      if field.unit.isEmpty { found.append("column \"\(field.name)\" has no unit") }
    }
    return found
  }

  private func stopping(_ trial: SourceTrial<Adapter>) -> [String] {
    switch trial.read(stopAfter: 1) {
    case .failure(let error): ["stop gives an error: \(error)"]
    case .success(let reading): reading.batchCount > 1 ? ["\(reading.batchCount - 1) batches come after stop"] : []
    }
  }

  /// What a print gives appears every time; what other threads of the program write, hardly.
  private func output(_ trial: SourceTrial<Adapter>) -> [String] {
    for _ in 0..<3 {
      if !StandardOutput.isWritten(during: { _ = trial.read() }) { return [] }
    }
    return ["something is written to standard output"]
  }

  private func size(_ adapter: Adapter) -> [String] {
    guard let large else { return [] }
    return Files.with(large()) { path in
      let trial = SourceTrial(adapter: adapter, path: path, origin: origin)
      guard case .success(let reading) = trial.read(keepTables: false) else {
        return ["the large file is refused: \(trial.read(keepTables: false).text)"]
      }
      var found: [String] = []
      if reading.rowCount <= 20_000 {
        found.append("the large file has \(reading.rowCount) rows, expected more than 20,000")
      }
      if capabilities.contains(.streams) {
        if reading.largestBatch > 1 << 16 {
          found.append("a batch has \(reading.largestBatch) rows; batches of some thousands keep memory flat")
        }
        if reading.finishedBeforeFirstBatch {
          found.append("the whole file is read before the first batch is handed on; batches should go on as they fill")
        }
      }
      if case .success(let stopped) = trial.read(keepTables: false, stopAfter: 1), stopped.batchCount == 1 {
        if reading.batchCount > 1, stopped.rowCount == reading.rowCount { found.append("stop is not heeded") }
      } else {
        found.append("batches come after stop in the large file")
      }
      return found
    }
  }
}

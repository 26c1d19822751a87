import Glibc
import PipelineKit
import Tabular

/// Lines of `code|number`, `x` for a secret number, read by an adapter that breaks one rule at a time.
struct FaultyLines: SourceAdapter {
  enum Fault: String, OptionChoice {
    case none
    case forgetsReasons = "forgets_reasons"
    case ignoresSelection = "ignores_selection"
    case sorts
    case shares
    case bypasses
    case miscounts
    case prints
    case ignoresStop = "ignores_stop"
    case hoards
    case noOrigin = "no_origin"
    case noLine = "no_line"
    case lenient
    case otherFile = "other_file"
    case keepsMark = "keeps_mark"
    case claimsAll = "claims_all"
  }

  struct Options: PluginOptions {
    var fault = Fault.none
    static var declaration: [OptionField<Self>] { [.init("fault", \.fault, "The rule that is broken.")] }
  }

  static let info = PluginInfo(name: "faulty_lines", summary: "Reads lines, with a fault.")
  let fault: Fault
  private let calls = Counter()

  init(options: Options, context: RunContext) throws(SpecError) { fault = options.fault }

  static func recognise(head: [UInt8], path: String) -> Recognition {
    head.contains(UInt8(ascii: "|")) ? Recognition(60, "bars between fields") : Recognition(0, "no bars")
  }

  func schema(of input: Input, context: RunContext) throws(SourceError) -> Schema {
    for part in input.parts where try context.head(part.path).isEmpty {
      throw SourceError(file: part.path, "is empty; expected lines of code|number")
    }
    func origins(_ column: String) -> [Origin] {
      var origin = input.origin
      origin.column = column
      return fault == .noOrigin ? [] : [origin]
    }
    do {
      return try Schema([
        Field("code", .string, role: .key, origins: origins("code")), Field("rate", .float64, origins: origins("rate")),
      ])
    } catch { throw SourceError(file: "", "\(error)") }
  }

  func read(
    _ part: InputPart, of input: Input, as schema: Schema, context: RunContext, into receive: (Batch) -> ReadControl
  ) throws(SourceError) {
    if fault == .prints { print("reading") }
    if fault == .shares { calls.next() }
    var bytes: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
    defer { buffer.deallocate() }
    let file = fault == .bypasses ? nil : try context.open(part.path)
    let raw = fault == .bypasses ? fopen(part.path, "r") : nil
    if fault == .bypasses, raw == nil { throw SourceError(.unreadable, file: part.path, "cannot be read") }
    defer { if let raw { fclose(raw) } }
    var line = 0
    var rows: [(String, String)] = []
    func handOn() -> ReadControl {
      let batch = table(rows, schema)
      context.count(read: rows.count + (fault == .miscounts ? 1 : 0))
      rows = []
      return receive(Batch(batch))
    }
    var isFirst = true
    while true {
      var count = 0
      if let raw { count = fread(buffer.baseAddress, 1, buffer.count, raw) }
      if let file { count = try file.read(into: buffer) }
      bytes += buffer[..<count]
      if isFirst, fault != .keepsMark, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
      isFirst = false
      while let end = bytes.firstIndex(of: 0x0A) {
        line += 1
        rows.append(try row(bytes[..<end], line, part.path))
        bytes.removeFirst(end + 1)
        if fault != .hoards, rows.count == 1000, handOn() == .stop, fault != .ignoresStop { return }
      }
      if count == 0 { break }
    }
    if !bytes.isEmpty, fault != .lenient { throw error(part.path, line + 1, "the file ends inside a line") }
    if !rows.isEmpty { _ = handOn() }
  }

  private func error(_ path: String, _ line: Int, _ text: String) -> SourceError {
    SourceError(file: fault == .otherFile ? "elsewhere" : path, line: fault == .noLine ? 0 : line, text)
  }

  private func row(_ bytes: ArraySlice<UInt8>, _ line: Int, _ path: String) throws(SourceError) -> (String, String) {
    var bytes = bytes
    if bytes.last == 0x0D { bytes.removeLast() }
    guard
      let text = fault == .lenient ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
    else { throw error(path, line, "is not UTF-8") }
    let fields = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 2, fields[1] == "x" || fault == .lenient || Double(fields[1]) != nil else {
      if fault == .lenient { return ("", "0") }
      throw error(path, line, "\"\(text)\" is not code|number")
    }
    return (fields[0], fields[1])
  }

  private func table(_ rows: [(String, String)], _ schema: Schema) -> Table {
    var rows = rows
    if fault == .sorts, schema.count == 1 { rows.reverse() }
    let reason = fault == .forgetsReasons ? MissingReason.unspecified : .suppressed
    let mask = MissingMask(reasons: rows.map { $0.1 == "x" ? reason.rawValue : 0 })
    let bonus = fault == .shares ? Double(calls.value) : 0
    let columns: [String: Column] = [
      "code": .string(StringColumn(rows.map(\.0))),
      "rate": .float64(Float64Column(rows.map { $0.1 == "x" ? 0 : (Double($0.1) ?? 0) + bonus }, missing: mask)),
    ]
    let names = fault == .ignoresSelection ? ["code", "rate"] : schema.names
    let fields = names.map { Field($0, $0 == "code" ? .string : .float64) }
    guard let table = try? Table(schema: Schema(fields), columns: names.compactMap { columns[$0] }) else {
      return Table(empty: schema)
    }
    return table
  }
}

/// Counts calls, as an adapter should not.
final class Counter: @unchecked Sendable {
  private(set) var value = 0
  func next() { value += 1 }
}

import CLibCSV
import PipelineKit

/// Finds the line on which a cell or record of a CSV file starts, by reading the file again byte by byte.
///
/// Lines are physical ones: a line end inside quotes counts. Used once something is wrong, so that reading itself need not
/// keep count.
struct CSVLocator {
  /// What to look for.
  ///
  /// Records count from 0, the header; fields from 0.
  enum Target: Hashable {
    /// The start of a field.
    case cell(record: Int, field: Int)
    /// The start of a record.
    case record(Int)
    /// The start of the field at which the file ends or breaks off.
    case end
  }

  let path: String
  let separator: UInt8
  let context: RunContext

  /// The line, from 1; 0 when the file cannot be read again.
  func line(of target: Target) -> Int { lines(of: [target])[0] }

  /// The line of each of `targets` (at least one), in one pass over the file.
  func lines(of targets: [Target]) -> [Int] {
    guard let file = try? context.openText(path) else { return targets.map { _ in 0 } }
    let state = search(file, targets)
    return targets.map { state.found[$0] ?? state.fieldLine }
  }

  private func search(_ file: InputFile, _ targets: [Target]) -> State {
    var state = State(targets: Set(targets))
    let goesToEnd = state.targets.contains(.end)
    let parser = CSVParser(separator: separator)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    withUnsafeMutablePointer(to: &state) { state in
      var isFirst = true
      while let count = try? file.read(into: buffer), count > 0 {
        var bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        if isFirst, bytes.starts(with: byteOrderMark) { bytes = UnsafeRawBufferPointer(rebasing: bytes[3...]) }
        isFirst = false
        for i in bytes.indices {
          state.pointee.see(bytes[i])
          let one = UnsafeRawBufferPointer(rebasing: bytes[i...i])
          if !parser.parse(one, Self.field, Self.row, state) { return }
          if state.pointee.found.count == state.pointee.targets.count { return }
          if bytes[i] == 0x0A { state.pointee.line += 1 }
        }
        // The reader stopped at this field; the rest of it tells nothing more.
        if parser.isOverfull { return }
      }
      if !goesToEnd { _ = parser.finish(Self.field, Self.row, state) }
    }
    return state
  }

  private struct State {
    let targets: Set<Target>
    var line = 1
    var record = 0
    var field = 0
    var recordLine = 1
    var fieldLine = 1
    var isBetweenRecords = true
    var isBetweenFields = true
    var found: [Target: Int] = [:]

    init(targets: Set<Target>) { self.targets = targets }

    mutating func note(_ target: Target, _ line: Int) {
      if targets.contains(target), found[target] == nil { found[target] = line }
    }

    /// Notes where fields and records start, before libcsv sees the byte.
    mutating func see(_ byte: UInt8) {
      if isBetweenRecords {
        if byte == 0x0A || byte == 0x0D { return }
        isBetweenRecords = false
        recordLine = line
      }
      if isBetweenFields {
        isBetweenFields = false
        fieldLine = line
      }
    }
  }

  private static let field: CSVParser.FieldCallback = { _, _, context in
    let state = context.unsafelyUnwrapped.assumingMemoryBound(to: State.self)
    state.pointee.note(.cell(record: state.pointee.record, field: state.pointee.field), state.pointee.fieldLine)
    state.pointee.field += 1
    state.pointee.isBetweenFields = true
  }

  private static let row: CSVParser.RowCallback = { _, context in
    let state = context.unsafelyUnwrapped.assumingMemoryBound(to: State.self)
    state.pointee.note(.record(state.pointee.record), state.pointee.recordLine)
    state.pointee.record += 1
    state.pointee.field = 0
    state.pointee.isBetweenRecords = true
    state.pointee.isBetweenFields = true
  }
}

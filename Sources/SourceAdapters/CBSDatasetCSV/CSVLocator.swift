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
  enum Target {
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
  func line(of target: Target) -> Int {
    guard let file = try? context.openText(path) else { return 0 }
    var state = State(target: target)
    let parser = CSVParser(separator: separator)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    return withUnsafeMutablePointer(to: &state) { state in
      var isFirst = true
      while let count = try? file.read(into: buffer), count > 0 {
        var bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        if isFirst, bytes.starts(with: byteOrderMark) { bytes = UnsafeRawBufferPointer(rebasing: bytes[3...]) }
        isFirst = false
        for i in bytes.indices {
          state.pointee.see(bytes[i])
          let one = UnsafeRawBufferPointer(rebasing: bytes[i...i])
          if !parser.parse(one, Self.field, Self.row, state) { return state.pointee.fieldLine }
          if let found = state.pointee.found { return found }
          if bytes[i] == 0x0A { state.pointee.line += 1 }
        }
      }
      if case .end = target { return state.pointee.fieldLine }
      _ = parser.finish(Self.field, Self.row, state)
      return state.pointee.found ?? state.pointee.fieldLine
    }
  }

  private struct State {
    let target: Target
    var line = 1
    var record = 0
    var field = 0
    var recordLine = 1
    var fieldLine = 1
    var isBetweenRecords = true
    var isBetweenFields = true
    var found: Int?

    init(target: Target) { self.target = target }

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
    if case .cell(state.pointee.record, state.pointee.field) = state.pointee.target, state.pointee.found == nil {
      state.pointee.found = state.pointee.fieldLine
    }
    state.pointee.field += 1
    state.pointee.isBetweenFields = true
  }

  private static let row: CSVParser.RowCallback = { _, context in
    let state = context.unsafelyUnwrapped.assumingMemoryBound(to: State.self)
    if case .record(state.pointee.record) = state.pointee.target, state.pointee.found == nil {
      state.pointee.found = state.pointee.recordLine
    }
    state.pointee.record += 1
    state.pointee.field = 0
    state.pointee.isBetweenRecords = true
    state.pointee.isBetweenFields = true
  }
}

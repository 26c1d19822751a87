import PipelineKit
import Tabular

extension SourceConformance {
  /// What damaged copies of the file give.
  func damage(_ adapter: Adapter, _ whole: SourceTrial<Adapter>.Reading) -> [String] {
    let bytes = Files.bytes(file) ?? []
    var found = emptiness(adapter) + cuts(adapter, bytes, whole)
    guard format == .text else { return found + flips(adapter, bytes) }
    found += sameContent(adapter, bytes, whole)
    found += encoding(adapter, bytes)
    return found
  }

  private var suffix: String {
    let name = file.split(separator: "/").last ?? ""
    return name.lastIndex(of: ".").map { String(name[$0...]) } ?? ""
  }

  private func read(_ adapter: Adapter, _ bytes: [UInt8]) -> (
    path: String, Result<SourceTrial<Adapter>.Reading, any Error>
  ) {
    Files.with(bytes, suffix: suffix) { path in (path, SourceTrial(adapter: adapter, path: path, origin: origin).read())
    }
  }

  /// What is wrong with an error as such.
  private func faults(_ error: any Error, _ path: String, _ what: String, needsLine: Bool) -> [String] {
    guard let error = error as? SourceError else { return ["\(what) gives an error of another type: \(error)"] }
    var found: [String] = []
    if error.file != path { found.append("the error of \(what) names \"\(error.file)\" instead of the file") }
    if error.message.isEmpty { found.append("the error of \(what) says nothing") }
    if needsLine, format == .text, error.line < 1 {
      found.append("the error of \(what) names no line: \(error.message)")
    }
    return found
  }

  private func emptiness(_ adapter: Adapter) -> [String] {
    switch read(adapter, []) {
    case (_, .success): ["an empty file is read as a table"]
    case (let path, .failure(let error)): faults(error, path, "an empty file", needsLine: false)
    }
  }

  private func cuts(_ adapter: Adapter, _ bytes: [UInt8], _ whole: SourceTrial<Adapter>.Reading) -> [String] {
    var found: [String] = []
    var noticed = 0
    let places = (1..<24).map { bytes.count * $0 / 24 } + [bytes.count - 2, 1, 2, 3]
    for place in Set(places.filter { $0 > 0 && $0 < bytes.count }).sorted() {
      let what = "a file cut after \(place) of \(bytes.count) bytes"
      switch read(adapter, Array(bytes[..<place])) {
      case (_, .success(let reading)):
        if reading.table.rowCount > whole.table.rowCount { found.append("\(what) has more rows than the whole") }
      // In the middle of its only line, a text file may be anything.
      case (let path, .failure(let error)):
        noticed += 1
        found += faults(error, path, what, needsLine: place > bytes.count / 2)
      }
    }
    if capabilities.contains(.noticesCuts), noticed == 0 { found.append("no cut is noticed") }
    return found
  }

  /// A byte order mark and other line ends change nothing.
  private func sameContent(_ adapter: Adapter, _ bytes: [UInt8], _ whole: SourceTrial<Adapter>.Reading) -> [String] {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let hasMark = bytes.starts(with: mark)
    let lines = bytes.filter { $0 != 0x0D }
    let variants: [(String, [UInt8])] = [
      (
        hasMark ? "without its byte order mark" : "with a byte order mark",
        hasMark ? Array(bytes.dropFirst(3)) : mark + bytes
      ),
      ("with lines that end in LF", lines),
      ("with lines that end in CRLF", lines.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }),
    ]
    return variants.flatMap { name, bytes -> [String] in
      switch read(adapter, bytes) {
      case (_, .success(let reading)):
        reading.table.columns == whole.table.columns ? [] : ["the file \(name) gives other cells"]
      case (_, .failure(let error)): ["the file \(name) is refused: \(error)"]
      }
    }
  }

  /// A byte that is not UTF-8 in the place of a letter or digit: refused with a line, or read with a warning.
  private func encoding(_ adapter: Adapter, _ bytes: [UInt8]) -> [String] {
    let letters = bytes.indices.filter { i in
      (0x30...0x39).contains(bytes[i]) || (0x41...0x5A).contains(bytes[i]) || (0x61...0x7A).contains(bytes[i])
    }
    var found: [String] = []
    var noticed = 0
    for share in stride(from: 1, to: 16, by: 1) where !letters.isEmpty {
      var damaged = bytes
      let place = letters[letters.count * share / 16]
      damaged[place] = 0xFF
      let what = "a file with the byte FF at \(place)"
      switch read(adapter, damaged) {
      case (_, .success(let reading)): noticed += reading.context.warningTexts.isEmpty ? 0 : 1
      case (let path, .failure(let error)):
        noticed += 1
        found += faults(error, path, what, needsLine: share > 8)
      }
    }
    if noticed == 0 { found.append("bytes that are not UTF-8 are never noticed") }
    return found
  }

  /// Bytes turned over in a binary file give a table or a typed error.
  private func flips(_ adapter: Adapter, _ bytes: [UInt8]) -> [String] {
    (0..<32).flatMap { i -> [String] in
      var damaged = bytes
      let place = bytes.count * i / 32
      damaged[place] ^= 0xFF
      guard case (let path, .failure(let error)) = read(adapter, damaged) else { return [] }
      return faults(error, path, "a file with byte \(place) turned over", needsLine: false)
    }
  }
}

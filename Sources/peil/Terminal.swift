import Glibc
import PipelineKit
import Synchronization

/// Writing to the user's terminal: messages on stderr, progress only where a person watches.
enum Terminal {
  /// Writes a line to stderr.
  static func error(_ line: String) { write(line + "\n") }

  /// A progress line that replaces itself, for long work; nil when stderr is no terminal.
  static func progress() -> (@Sendable (String) -> Void)? {
    guard isatty(2) == 1 else { return nil }
    let start = monotonicSeconds()
    return { stage in
      if monotonicSeconds() - start > 0.5 { write("\r\u{1B}[K\(stage)") }
    }
  }

  /// Memory in use now, in MiB.
  private static func residentMemory() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, 128, file) != nil else { return 0 }
    let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
      separator: " ")
    return words.count > 1 ? ((Int(words[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))) >> 20 : 0
  }

  /// Writes the time of each stage as it ends, and the memory in use then.
  static func timing() -> @Sendable (String, Double) -> Void {
    { stage, seconds in
      let tenths = String(Int((seconds * 10_000).rounded()))
      let padded = String(repeating: "0", count: max(0, 2 - tenths.count)) + tenths
      let number = padded.dropLast() + "." + padded.suffix(1)
      write(
        String(repeating: " ", count: max(0, 9 - number.count)) + number + " ms  \(residentMemory()) MiB  " + stage
          + "\n")
    }
  }

  /// Takes the progress line away.
  static func clearProgress() {
    if isatty(2) == 1 { write("\r\u{1B}[K") }
  }

  /// A whole number with a comma between thousands.
  static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (i, digit) in digits.enumerated() {
      if i > 0, (digits.count - i) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }

  /// `text` filled up with blanks to `width`.
  static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// A size in bytes for people.
  static func size(_ bytes: Int) -> String {
    if bytes < 10_000 { return "\(grouped(bytes)) bytes" }
    if bytes < 10_000_000 { return "\(grouped((bytes + 500) / 1000)) kB" }
    return "\(grouped((bytes + 500_000) / 1_000_000)) MB"
  }

  private static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(2, bytes, bytes.count)
  }
}

import Glibc
import Synchronization

/// Writing to the user's terminal: messages on stderr, progress only where a person watches.
enum Terminal {
  /// Writes a line to stderr.
  static func error(_ line: String) { write(line + "\n") }

  /// A progress line that replaces itself, for long work; nil when stderr is no terminal.
  static func progress() -> (@Sendable (String) -> Void)? {
    guard isatty(2) == 1 else { return nil }
    let start = now()
    return { stage in
      if now() - start > 0.5 { write("\r\u{1B}[K\(stage)") }
    }
  }

  /// Takes the progress line away.
  static func clearProgress() {
    if isatty(2) == 1 { write("\r\u{1B}[K") }
  }

  /// Seconds of a clock that only goes forward.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
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

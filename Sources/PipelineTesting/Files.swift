import Glibc
import Synchronization

/// Files for the time of a check.
enum Files {
  /// The size in bytes; 0 when the file is not there.
  static func size(_ path: String) -> Int {
    var info = stat()
    return stat(path, &info) == 0 ? Int(info.st_size) : 0
  }

  /// The whole file; empty when it cannot be read.
  static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: size(path))
    let count = bytes.withUnsafeMutableBytes { fread($0.baseAddress, 1, $0.count, file) }
    return Array(bytes.prefix(count))
  }

  /// Calls `body` with the path of a file that holds `bytes` until it returns.
  static func with<Result>(_ bytes: [UInt8], suffix: String = "", _ body: (String) -> Result) -> Result {
    var template = Array("/tmp/peil-trial-XXXXXX\(suffix)".utf8CString)
    let descriptor = mkstemps(&template, CInt(suffix.utf8.count))
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { break }
      rest = rest.dropFirst(count)
    }
    close(descriptor)
    return body(path)
  }
}

/// Places that threads fill side by side.
final class Slots<Value: Sendable>: Sendable {
  private let state: Mutex<[Value?]>

  init(_ count: Int) { state = Mutex([Value?](repeating: nil, count: count)) }

  func set(_ i: Int, _ value: Value) { state.withLock { $0[i] = value } }

  var values: [Value?] { state.withLock { $0 } }
}

/// Watches what goes to standard output.
enum StandardOutput {
  private static let lock = Mutex(())

  /// Whether anything is written to standard output while `body` runs; it is passed on afterwards.
  static func isWritten(during body: () -> Void) -> Bool {
    lock.withLock { _ in
      var template = Array("/tmp/peil-stdout-XXXXXX".utf8CString)
      let file = mkstemp(&template)
      unlink(template)
      fflush(nil)
      let old = dup(1)
      guard file >= 0, old >= 0 else { return false }
      dup2(file, 1)
      body()
      fflush(nil)
      dup2(old, 1)
      close(old)
      defer { close(file) }
      let size = lseek(file, 0, SEEK_END)
      guard size > 0 else { return false }
      lseek(file, 0, SEEK_SET)
      var bytes = [UInt8](repeating: 0, count: Int(size))
      let count = read(file, &bytes, bytes.count)
      if count > 0 { _ = write(1, bytes, count) }
      return true
    }
  }
}

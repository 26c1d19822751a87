import Glibc
import PipelineKit
import Synchronization

/// A program that runs as a child, whose standard output is read in pieces. No shell is between: arguments arrive as they
/// are.
///
/// Belongs to one reader on one thread.
final class TapProcess {
  /// What is kept of the end of standard error.
  private static let tail = 4096

  /// The program and its arguments, for messages.
  let name: String
  private let deadline: Double
  private let timeLimit: Int
  private var process: pid_t = 0
  private var output: CInt = -1
  private var errors: CInt = -1
  private var lastErrors: [UInt8] = []
  private var isEnded = false

  /// Starts `arguments`, the first of which is a program's path or a name to look up in PATH.
  /// - Throws: ``SourceError`` of kind `unreadable` when it cannot be started.
  init(_ arguments: [String], timeLimit: Int) throws(SourceError) {
    name = arguments.joined(separator: " ")
    self.timeLimit = timeLimit
    deadline = Self.now() + Double(timeLimit)
    // One at a time: another child must not inherit these ends, or they never close.
    let code = Self.starting.withLock { _ in start(arguments) }
    guard code == 0 else {
      isEnded = true
      let program = arguments.first ?? ""
      throw SourceError(
        .unreadable, file: name,
        "the tap cannot be started: \(String(cString: strerror(code))); check that the program \"\(program)\" is "
          + "installed, and how it is spelled under \"command\"")
    }
  }

  private static let starting = Mutex(())

  /// Makes the pipes and starts the child; an error number, or 0.
  private func start(_ arguments: [String]) -> CInt {
    var outputPipe: [CInt] = [-1, -1]
    var errorPipe: [CInt] = [-1, -1]
    guard pipe(&outputPipe) == 0 else { return errno }
    guard pipe(&errorPipe) == 0 else {
      let code = errno
      for end in outputPipe { close(end) }
      return code
    }
    for end in outputPipe + errorPipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    output = outputPipe[0]
    errors = errorPipe[0]
    let code = spawn(arguments, output: outputPipe[1], errors: errorPipe[1])
    close(outputPipe[1])
    close(errorPipe[1])
    return code
  }

  deinit {
    end()
    if output >= 0 { close(output) }
    if errors >= 0 { close(errors) }
  }

  private func spawn(_ arguments: [String], output: CInt, errors: CInt) -> CInt {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own, so that its children end with it.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return posix_spawnp(&process, arguments.first ?? "", &actions, &attributes, pointers, environ)
  }

  // MARK: Reading

  /// Reads the next bytes of standard output; 0 when the program has ended well.
  /// - Throws: ``SourceError`` when it failed or took too long, with the last lines of its standard error.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    while output >= 0 || errors >= 0 {
      var ready = [
        pollfd(fd: output, events: Int16(POLLIN), revents: 0), pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
      ]
      let left = deadline - Self.now()
      let count = left > 0 ? poll(&ready, 2, CInt(min(left, 3600) * 1000) + 1) : 0
      if count < 0, errno != EINTR { throw failure("cannot be listened to: \(String(cString: strerror(errno)))") }
      if Self.now() >= deadline { throw overtime() }
      if count <= 0 { continue }
      if ready[1].revents != 0 { readErrors() }
      if ready[0].revents != 0 {
        let bytes = Glibc.read(output, buffer.baseAddress, buffer.count)
        if bytes > 0 { return bytes }
        if bytes < 0, errno == EINTR { continue }
        close(output)
        output = -1
      }
    }
    try finish()
    return 0
  }

  private func readErrors() {
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    let count = Glibc.read(errors, &piece, piece.count)
    if count < 0, errno == EINTR { return }
    guard count > 0 else {
      close(errors)
      errors = -1
      return
    }
    lastErrors += piece[..<count]
    if lastErrors.count > 2 * Self.tail { lastErrors.removeFirst(lastErrors.count - Self.tail) }
  }

  /// Waits for the end of a program that has closed its output.
  private func finish() throws(SourceError) {
    if isEnded { return }
    var status: CInt = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      if Self.now() >= deadline { throw overtime() }
      usleep(2000)
    }
    isEnded = true
    let signal = status & 0x7F
    let code = (status >> 8) & 0xFF
    if signal != 0 { throw failure("was ended by signal \(signal)" + shownErrors) }
    if code != 0 { throw failure("ended with exit code \(code)" + shownErrors) }
  }

  /// Ends the program, if it still runs, with all that it started.
  func end() {
    if isEnded || process <= 0 { return }
    isEnded = true
    kill(-process, SIGTERM)
    var status: CInt = 0
    for _ in 0..<100 {
      if waitpid(process, &status, WNOHANG) != 0 { return }
      usleep(5000)
    }
    kill(-process, SIGKILL)
    waitpid(process, &status, 0)
  }

  private func overtime() -> SourceError {
    end()
    return failure("still ran after \(timeLimit) s and was ended; set time_limit higher" + shownErrors)
  }

  private func failure(_ message: String) -> SourceError { SourceError(file: name, "the tap " + message) }

  /// The last lines of standard error.
  private var shownErrors: String {
    let lines = String(decoding: lastErrors, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(10)
    return lines.isEmpty ? "; it wrote no errors" : "; its last errors:\n  " + lines.joined(separator: "\n  ")
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

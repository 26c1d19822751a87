import Glibc

/// Damages the fixtures at random and gives them to every parser: `make fuzz TIME=600`.
///
/// The same seed tries the same inputs in the same order. Child processes with a limit on memory and time do the work; an
/// input that kills one is kept, with the command that tries it again, and the exit code is 1.
@main struct Fuzz {
  private var seconds = 60
  private var jobs = 1
  private var seed: UInt64 = 1
  private var output = "build/fuzz"
  private var fixtures = "Fixtures"
  private var pipelines = "Pipelines"
  private var only: String?
  private var replay: String?
  private var worker: (folder: String, first: Int, step: Int, deadline: Int)?

  static func main() throws {
    var fuzz = Fuzz()
    guard fuzz.parse(Array(CommandLine.arguments.dropFirst())) else {
      print(
        "fuzz [--time SECONDS] [--jobs N] [--seed N] [--out FOLDER] [--fixtures FOLDER] [--pipelines FOLDER] "
          + "[--target NAME] [--replay FILE]")
      exit(64)
    }
    if let path = fuzz.replay {
      exit(Worker.replay(path, target: fuzz.only ?? "recognition", fixtures: fuzz.fixtures))
    }
    if let job = fuzz.worker {
      let worker = Worker(
        folder: job.folder, seed: fuzz.seed, fixtures: fuzz.fixtures, pipelines: fuzz.pipelines, only: fuzz.only)
      try worker.run(first: job.first, step: job.step, count: 4000, deadline: job.deadline)
      exit(0)
    }
    exit(fuzz.run())
  }

  private mutating func parse(_ arguments: [String]) -> Bool {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { return false }
      switch name {
      case "--time": seconds = Int(value) ?? 60
      case "--jobs": jobs = max(1, Int(value) ?? 1)
      case "--seed": seed = UInt64(value) ?? 1
      case "--out": output = value
      case "--fixtures": fixtures = value
      case "--pipelines": pipelines = value
      case "--target": only = value
      case "--replay": replay = value
      case "--worker":
        let parts = value.split(separator: ",")
        guard parts.count == 4, let first = Int(parts[1]), let step = Int(parts[2]), let deadline = Int(parts[3]) else {
          return false
        }
        worker = (String(parts[0]), first, step, deadline)
      default: return false
      }
    }
    return true
  }

  // MARK: The parent

  private func run() -> Int32 {
    let deadline = time(nil) + seconds
    var running: [pid_t: Int] = [:]
    var next = Array(0..<jobs)
    var counts: [String: (read: Int, refused: Int)] = [:]
    var order: [String] = []
    var deaths = 0
    for job in 0..<jobs { running[start(job, from: next[job], deadline)] = job }
    while !running.isEmpty {
      var status: Int32 = 0
      let process = wait(&status)
      guard process > 0, let job = running.removeValue(forKey: process) else { break }
      let folder = self.folder(job)
      if status == 0 {
        let lines = Disk.text(folder + "/done").split(separator: "\n")
        next[job] = lines.first.flatMap { Int($0) } ?? next[job]
        for line in lines.dropFirst() {
          let parts = line.split(separator: "\t")
          guard parts.count == 3, let read = Int(parts[1]), let refused = Int(parts[2]) else { continue }
          if counts[String(parts[0])] == nil { order.append(String(parts[0])) }
          counts[String(parts[0]), default: (0, 0)].read += read
          counts[String(parts[0]), default: (0, 0)].refused += refused
        }
      } else {
        deaths += 1
        guard let number = keep(folder, status) else { return 70 }
        next[job] = number + jobs
      }
      if time(nil) < deadline, deaths < 100 { running[start(job, from: next[job], deadline)] = job }
    }
    var total = 0
    for name in order {
      guard let count = counts[name] else { continue }
      total += count.read + count.refused
      print("\(name): \(count.read + count.refused) inputs, \(count.read) read, \(count.refused) refused")
    }
    print("\(total) inputs in \(seconds) s with seed \(seed): \(deaths) crashes, hangs or runs out of memory")
    return deaths == 0 && total > 0 ? 0 : 1
  }

  private func folder(_ job: Int) -> String { "\(output)/worker-\(job)" }

  /// Starts a child; its own output goes to a file.
  private func start(_ job: Int, from first: Int, _ deadline: Int) -> pid_t {
    let folder = folder(job)
    Disk.makeFolder(folder)
    unlink(folder + "/done")
    unlink(folder + "/case")
    var arguments = ["fuzz", "--seed", String(seed), "--fixtures", fixtures, "--pipelines", pipelines]
    arguments += only.map { ["--target", $0] } ?? []
    arguments += ["--worker", "\(folder),\(first),\(jobs),\(deadline)"]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, folder + "/output", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    // Backtraces of the runtime take minutes and more memory than a child may have.
    setenv("SWIFT_BACKTRACE", "enable=no", 1)
    var process: pid_t = 0
    let failure = posix_spawn(&process, "/proc/self/exe", &actions, nil, pointers, environ)
    if failure != 0 {
      print("the child cannot be started: \(String(cString: strerror(failure)))")
      exit(71)
    }
    return process
  }

  /// Keeps the input that killed a child, and says so; the input's number.
  private func keep(_ folder: String, _ status: Int32) -> Int? {
    let lines = Disk.text(folder + "/case").split(separator: "\n").map(String.init)
    guard lines.count == 3, let number = Int(lines[0]) else {
      print("the child ended before its first input:\n" + Disk.text(folder + "/output"))
      return nil
    }
    let cause =
      switch status & 0x7F {
      case SIGPROF: "more than \(Worker.seconds.processor) s of processor time"
      case SIGALRM: "more than \(Worker.seconds.clock) s"
      case 0: "exit code \((status >> 8) & 0xFF)"
      default: "signal \(status & 0x7F): " + Disk.text(folder + "/output").prefix(600)
      }
    let name = lines[2].split(separator: "/").last ?? ""
    let word = String(lines[1].map { $0 == " " ? "_" : $0 })
    let path = "\(output)/crashes/\(word)-\(seed)-\(number)-\(name)"
    Disk.makeFolder(output + "/crashes")
    Disk.write(Disk.bytes(lines[2]), to: path)
    print("\(lines[1]): \(cause)\n  again: fuzz --target \"\(lines[1])\" --replay \(path)")
    return number
  }
}

import Glibc
import PipelineKit

/// A child process that tries inputs one after another until one of them kills it.
///
/// Before each try it writes the input and its number to its folder, so that the parent knows what killed it.
struct Worker {
  /// Bytes of address space that it may take.
  static let memory: UInt = 1 << 30
  /// Seconds of processor time that one input may take, and of the clock.
  static let seconds = (processor: 20, clock: UInt32(120))

  var folder: String
  var seed: UInt64
  var fixtures: String
  var pipelines: String
  var only: String?

  /// Tries `count` inputs from number `first` on, in steps of `step`, until the clock says `deadline`.
  func run(first: Int, step: Int, count: Int, deadline: Int) throws {
    Self.limitMemory()
    let targets = Target.all(fixtures: fixtures).filter { only == nil || $0.name == only }
    var seeds = try Seed.made()
    for path in Disk.files(fixtures) where !path.hasSuffix(".py") && !path.hasSuffix(".md") {
      seeds.append(Seed(path: path, bytes: Self.start(of: path)))
    }
    for path in Disk.files(pipelines) { seeds.append(try pipelineSeed(path)) }
    let liked = targets.map { target in
      seeds.indices.filter { target.likes(Array(seeds[$0].bytes.prefix(1 << 14)), seeds[$0].path) }
    }
    var counts = targets.map { _ in (read: 0, refused: 0) }
    var number = first
    for _ in 0..<count where time(nil) < deadline {
      var chance = Chance(seed &* 0x1_0000_0001 &+ UInt64(number))
      let which = chance.below(targets.count)
      // Mostly files of the format, now and then of another.
      let choice =
        liked[which].isEmpty || chance.below(12) == 0 ? chance.below(seeds.count) : chance.pick(liked[which])
      let input = Mutator.mutate(seeds[choice].bytes, with: chance.pick(seeds).bytes, &chance)
      let path = folder + "/input" + Self.suffix(seeds[choice].path)
      Disk.write(input, to: path)
      Disk.write(Array("\(number)\n\(targets[which].name)\n\(path)\n".utf8), to: folder + "/case")
      Self.limitTime()
      do {
        try targets[which].read(path)
        counts[which].read += 1
      } catch { counts[which].refused += 1 }
      number += step
    }
    let lines = zip(targets, counts).map { "\($0.name)\t\($1.read)\t\($1.refused)\n" }
    Disk.write(Array("\(number)\n\(lines.joined())".utf8), to: folder + "/done")
  }

  /// A file, or if it is large whole lines from its start, as far as that makes sense.
  private static func start(of path: String) -> [UInt8] {
    let limit = 1 << 15
    var bytes = Disk.bytes(path, limit: limit + 1)
    if bytes.count > limit, path.hasSuffix(".csv"), let end = bytes.lastIndex(of: 0x0A) {
      bytes.removeLast(bytes.count - end - 1)
    }
    return bytes
  }

  /// A pipeline, profile or mapping; files that it names are where the worker writes its inputs.
  private func pipelineSeed(_ path: String) throws -> Seed {
    let inner = String(path.dropFirst(pipelines.count))
    Disk.makeFolder(folder + inner.prefix(upTo: inner.lastIndex(of: "/") ?? inner.startIndex))
    Disk.write(Disk.bytes(path), to: folder + inner)
    let root = fixtures.hasPrefix("/") ? fixtures : Disk.workingFolder + "/" + fixtures
    let text = Disk.text(path).split(separator: "../Fixtures", omittingEmptySubsequences: false)
    return Seed(path: path, bytes: Array(text.joined(separator: root).utf8))
  }

  /// Tries the input at `path` once.
  static func replay(_ path: String, target name: String, fixtures: String) -> Int32 {
    guard let target = Target.all(fixtures: fixtures).first(where: { $0.name == name }) else {
      print("no parser \"\(name)\": " + Target.all(fixtures: fixtures).map(\.name).joined(separator: ", "))
      return 64
    }
    limitMemory()
    limitTime()
    do {
      try target.read(path)
      print("\(path): read")
    } catch { print("\(path): refused: \(error)") }
    return 0
  }

  /// `.csv.gz` of `a/b.csv.gz`.
  private static func suffix(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return name.firstIndex(of: ".").map { String(name[$0...]) } ?? ""
  }

  private static func limitMemory() {
    var limit = rlimit(rlim_cur: memory, rlim_max: memory)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    limit = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
  }

  /// A signal ends the process when the input takes too long.
  private static func limitTime() {
    var timer = itimerval(
      it_interval: timeval(tv_sec: 0, tv_usec: 0), it_value: timeval(tv_sec: seconds.processor, tv_usec: 0))
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
    alarm(seconds.clock)
  }
}

/// Files as bytes.
enum Disk {
  /// Paths of all files below `folder`, sorted.
  static func files(_ folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var found: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasPrefix(".") || name == "__pycache__" { continue }
      var info = stat()
      stat(folder + "/" + name, &info)
      found += info.st_mode & S_IFMT == S_IFDIR ? files(folder + "/" + name) : [folder + "/" + name]
    }
    return found.sorted()
  }

  /// Where the program was started.
  static var workingFolder: String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }

  /// At most `limit` bytes from the start of a file.
  static func bytes(_ path: String, limit: Int = .max) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < limit {
      let count = fread(&chunk, 1, min(chunk.count, limit - bytes.count), file)
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }

  /// The text of a file.
  static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

  /// Replaces the file at `path`.
  static func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "w") else { return }
    _ = fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  /// Makes a folder and those above it.
  static func makeFolder(_ path: String) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/" + part
      mkdir(made, 0o755)
    }
  }
}

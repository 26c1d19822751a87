import ArgumentParser
import BuiltinPlugins
import Glibc
import PipelineKit

/// `peil run`: carries out a pipeline.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a pipeline; does nothing when everything is up to date.")

  @OptionGroup var arguments: PipelineArguments

  @Option(
    name: .customLong("out"), help: ArgumentHelp("The output folder (default: out/PIPELINE).", valueName: "folder"))
  var output: String?

  @Option(help: "How many threads to use (default: all processors).")
  var threads: Int?

  @Flag(help: "Run even when everything is up to date.")
  var force = false

  @Option(help: "How many lines to print at most.")
  var lines = 30

  @Flag(help: "Print the report as JSON.")
  var json = false

  @Flag(help: "Print the time of each stage, and the memory in use at its end, to stderr.")
  var timings = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads takes a number of at least 1") }
    if lines < 8 { throw ValidationError("--lines takes a number of at least 8") }
  }

  func run() throws {
    let settings = try arguments.parameters()
    let threads = threads ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    try reporting(json: json) { () throws(PipelineError) in
      let plan = try Planner(catalog: .builtin, threads: threads).plan(path: arguments.pipeline, settings: settings)
      let folder = output ?? "out/" + plan.spec.name
      let last = LastRun(plan, folder: folder)
      if !force, last.isUpToDate() {
        last.touch()
        print(json ? "{\"pipeline\":\"\(plan.spec.name)\",\"up_to_date\":true}" : "\(plan.spec.name): up to date")
        return
      }
      let start = monotonicSeconds()
      let options = RunOptions(
        outputFolder: folder, threads: threads, progress: Terminal.progress(),
        timing: timings ? Terminal.timing() : nil)
      defer { Terminal.clearProgress() }
      let report = try Runner(plan, options: options).run()
      Terminal.clearProgress()
      print(json ? report.json(plan).text(indent: 2) : text(report, plan, folder, seconds: monotonicSeconds() - start))
    }
  }

  /// At most as many lines as asked for, whatever the pipeline; few of them leave out what went as it should.
  private func text(_ report: RunReport, _ plan: Plan, _ folder: String, seconds: Double) -> String {
    let hundredths = Int((seconds * 100).rounded())
    let time = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
    let limit = self.lines
    let isShort = limit < 24
    var lines = ["\(plan.spec.name): \(plan.spec.title) (\(time))"]
    let wide = max(8, report.sources.map(\.id.count).max() ?? 0)
    let sourceRoom = isShort ? 2 : 6
    for source in report.sources.prefix(sourceRoom) {
      let files = source.files == 1 ? "1 file" : "\(source.files) files"
      let filtered = report.filtered(by: source.id, in: plan)
      let rejected = report.rejected(of: source.id, in: plan)
      let kept = source.counts.read - rejected - filtered
      lines.append(
        "  \(Terminal.padded(source.id, wide))  \(files), \(Terminal.grouped(source.counts.read)) rows read = "
          + "\(Terminal.grouped(kept)) kept + \(Terminal.grouped(rejected)) rejected + "
          + "\(Terminal.grouped(filtered)) filtered"
          + (source.counts.cellsRejected > 0
            ? "; \(Terminal.grouped(source.counts.cellsRejected)) cell(s) rejected" : "")
      )
    }
    if report.sources.count > sourceRoom { lines.append("  and \(report.sources.count - sourceRoom) more sources") }
    lines += wrapped(
      "steps:",
      report.steps.map { step in
        step.rows.map { "\(step.id) \(Terminal.grouped($0))" } ?? step.id
      }
    ).prefix(isShort ? 0 : 5)
    let failing = report.checks.filter { $0.failed > 0 }
    let passing = report.checks.filter { $0.failed == 0 }
    let shown = Array(failing.prefix(isShort ? 2 : 8)) + passing.prefix(isShort ? 0 : max(0, 4 - failing.count))
    for check in shown {
      lines.append(
        "  check \(check.on): \(check.expect): \(Terminal.grouped(check.passed)) pass, \(check.failed) fail, "
          + "\(check.undecided) undecided")
    }
    for correction in report.corrections.prefix(isShort ? 1 : 4) {
      lines.append(
        "  correction \(correction.on).\(correction.column): made to \(Terminal.grouped(correction.applied)) of "
          + "\(Terminal.grouped(correction.matched)) rows")
    }
    let outputRoom = isShort ? 1 : 5
    for output in report.outputs.prefix(outputRoom) {
      let state = output.isUnchanged ? ", unchanged" : ""
      lines.append(
        "  wrote \(folder)/\(output.path): \(Terminal.grouped(output.rows)) rows, \(Terminal.size(output.bytes))\(state)"
      )
    }
    if report.outputs.count > outputRoom {
      lines.append("  and \(report.outputs.count - outputRoom) more files; see \(folder)/manifest.json")
    }
    let rest = report.warnings.map { "  warning: \($0.stage): \($0.message)" } + report.notes.map { "  " + $0 }
    let room = max(1, limit - lines.count)
    lines +=
      rest.count <= room ? rest : rest.prefix(room - 1) + ["  and \(rest.count - room + 1) more lines: \(folder)"]
    return lines.joined(separator: "\n")
  }

  private func wrapped(_ title: String, _ words: [String]) -> [String] {
    var lines: [String] = []
    var line = "  " + title
    for (i, word) in words.enumerated() {
      let piece = " " + word + (i + 1 < words.count ? "," : "")
      if line.count + piece.count > 110 {
        lines.append(line)
        line = "   "
      }
      line += piece
    }
    return words.isEmpty ? [] : lines + [line]
  }
}

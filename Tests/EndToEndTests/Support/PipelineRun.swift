import PipelineTesting
import BuiltinPlugins
import PipelineKit
import Tabular
import Testing

/// A pipeline of the project, run into a temporary folder that is gone afterwards; what it wrote is kept here.
struct PipelineRun: Sendable {
  let report: RunReport
  /// Every file of the output folder that is part of the extract: the outputs and the manifest.
  let files: [String: [UInt8]]
  /// Whether the same plan counts as done once the run is over.
  let isUpToDate: Bool

  init(_ pipeline: String, _ settings: [String: String] = [:], threads: Int = 1) throws {
    let folder = TemporaryFolder()
    let path = Files.root + "/Pipelines/" + pipeline
    let settings = settings.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    func plan() throws -> Plan { try Planner(catalog: .builtin, threads: threads).plan(path: path, settings: settings) }
    let options = RunOptions(outputFolder: folder.path, threads: threads)
    report = try Runner(plan(), options: options).run()
    isUpToDate = try LastRun(plan(), folder: folder.path).isUpToDate()
    var files: [String: [UInt8]] = [:]
    for name in folder.files where name != "manifest.d" && !name.hasPrefix(".") { files[name] = folder.read(name) }
    self.files = files
  }

  /// A file of the run under its name, for an adapter to read.
  func table(_ name: String, _ adapter: String, _ options: String = "{}") throws -> Table {
    let folder = TemporaryFolder()
    return try readTable([folder.write(name, try #require(files[name]))], adapter, options)
  }

  /// A JSON file of the run.
  func json(_ name: String) throws -> SpecNode {
    try SpecParser.nodes(String(decoding: try #require(files[name]), as: UTF8.self), file: name)
  }

  /// `balance.yml` on the fixtures with the parameters that the file states, run once for all tests.
  static let balance = Result { try PipelineRun("balance.yml") }
  /// `attractiveness.yml`, likewise.
  static let attractiveness = Result { try PipelineRun("attractiveness.yml") }

  /// A pipeline with the parameters that its file states, run anew unless it is shared.
  static func asStated(_ pipeline: String) throws -> PipelineRun {
    switch pipeline {
    case "balance.yml": try balance.get()
    case "attractiveness.yml": try attractiveness.get()
    default: try PipelineRun(pipeline)
    }
  }
}

extension SpecNode {
  /// The finding `id` of a summary.
  func finding(_ id: String) throws -> SpecNode {
    let findings = try #require(try self["findings"]?.elements())
    return try #require(findings.first { $0["id"]?.shown == id }, "no finding \(id)")
  }

  /// A scalar's text; `null` for nothing, empty for lists and mappings.
  var shown: String {
    switch content {
    case .scalar(let text, _): text
    case .null: "null"
    default: ""
    }
  }

  /// The value below `keys`, as ``shown``.
  func at(_ keys: String...) throws -> String {
    var node = self
    for key in keys { node = try #require(node[key], "no \"\(key)\"") }
    return node.shown
  }
}

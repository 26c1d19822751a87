/// What a run did.
public struct RunReport: Sendable {
  /// A source, as read.
  public struct Source: Sendable {
    /// Its name in the pipeline file.
    public var id: String
    /// How many files it has.
    public var files: Int
    /// Rows read, rejected and filtered on the way.
    public var counts: RowCounts
  }
  /// A step, as run.
  public struct Step: Sendable {
    /// Its name in the pipeline file.
    public var id: String
    /// The transform.
    public var uses: String
    /// Rows of the result; nil when the rows streamed past.
    public var rows: Int?
    /// Rows that it left out.
    public var filtered: Int
    /// Rows of the result that checks put into quarantine.
    public var rejected: Int
  }
  /// An output, as written.
  public struct Output: Sendable {
    /// The path relative to the output folder.
    public var path: String
    /// The sink.
    public var sink: String
    /// The names of its inputs.
    public var from: [String]
    /// Rows written, over all inputs.
    public var rows: Int
    /// The file's size.
    public var bytes: Int
    /// The file's SHA-256.
    public var sha256: String
    /// The digest of each input table's content, which no codec touches; empty when the rows streamed past.
    public var contentDigests: [String]
    /// Whether a file with the same bytes stood there already.
    public var isUnchanged: Bool
  }
  /// A check, as decided.
  public struct Check: Sendable {
    /// The table.
    public var on: String
    /// The condition.
    public var expect: String
    /// What a failure does.
    public var severity: CheckSpec.Severity
    /// Whether more rows fail than the check allows.
    public var exceeds: Bool
    /// Rows for which it holds, does not hold, and is undecided.
    public var passed: Int, failed: Int, undecided: Int
  }

  /// A correction, as made.
  public struct Correction: Sendable {
    /// The source.
    public var on: String
    /// The column.
    public var column: String
    /// What the cell must still hold.
    public var old: String
    /// Why the cell is wrong, and who says so.
    public var reason: String, source: String
    /// Where the correction stands.
    public var position: SourcePosition
    /// Rows that it is meant for, and those that still held the old value.
    public var matched: Int, applied: Int
  }

  /// The sources, in the order of the file.
  public var sources: [Source] = []
  /// The steps, in the order of the file.
  public var steps: [Step] = []
  /// The outputs, in the order of the file.
  public var outputs: [Output] = []
  /// The checks, in the order of the file.
  public var checks: [Check] = []
  /// The corrections, in the order of their files.
  public var corrections: [Correction] = []
  /// Warnings, sorted.
  public var warnings: [(stage: String, message: String)] = []
  /// What outputs have to say to the user, in the order of the file.
  public var notes: [String] = []
}

extension RunReport {
  /// Rows of the source `id` that corrections and the steps riding behind it left out.
  public func filtered(by id: String, in plan: Plan) -> Int {
    (sources.first { $0.id == id }?.counts.filtered ?? 0) + riding(id, plan).reduce(0) { $0 + $1.filtered }
  }

  /// Rows of the source `id` that it, or checks on it and on the steps riding behind it, put aside.
  public func rejected(of id: String, in plan: Plan) -> Int {
    (sources.first { $0.id == id }?.counts.rejected ?? 0) + riding(id, plan).reduce(0) { $0 + $1.rejected }
  }

  private func riding(_ id: String, _ plan: Plan) -> [Step] {
    guard let i = plan.sources.firstIndex(where: { $0.spec.id == id }) else { return [] }
    let fused = Set(Fusion(plan).chains[i].steps.map { plan.steps[$0].spec.id })
    return steps.filter { fused.contains($0.id) }
  }

  /// The report as JSON: the manifest of the run.
  public func json(_ plan: Plan) -> JSON { Manifest(plan: plan, report: self).json }
}

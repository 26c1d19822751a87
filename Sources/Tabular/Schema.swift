/// The ordered fields of a table. Names are unique.
public struct Schema: Sendable, Equatable {
  /// The fields, in column order.
  public private(set) var fields: [Field]
  private var positions: [String: Int]

  /// A schema of `fields`.
  /// - Throws: ``TabularError/duplicateColumn(_:)`` when a name occurs twice.
  public init(_ fields: [Field]) throws(TabularError) {
    self.fields = fields
    positions = [:]
    positions.reserveCapacity(fields.count)
    for (i, field) in fields.enumerated() {
      guard positions.updateValue(i, forKey: field.name) == nil else { throw .duplicateColumn(field.name) }
    }
  }

  /// A schema without fields.
  public init() {
    fields = []
    positions = [:]
  }

  /// The number of fields.
  public var count: Int { fields.count }

  /// The names, in column order.
  public var names: [String] { fields.map(\.name) }

  /// The position of the field `name`, or nil.
  public func index(of name: String) -> Int? { positions[name] }

  /// The field `name`, or nil.
  public subscript(name: String) -> Field? { positions[name].map { fields[$0] } }

  /// The field at `index`.
  public subscript(index: Int) -> Field { fields[index] }

  /// The same fields with `transform` applied to each; names may change.
  public func mapFields(_ transform: (Field) -> Field) throws(TabularError) -> Schema {
    try Schema(fields.map(transform))
  }

  /// The fields named, in that order.
  /// - Throws: ``TabularError/unknownColumn(_:candidates:)``.
  public func selecting(_ names: [String]) throws(TabularError) -> Schema {
    var picked: [Field] = []
    for name in names {
      guard let field = self[name] else { throw .unknownColumn(name, candidates: self.names) }
      picked.append(field)
    }
    return try Schema(picked)
  }

  /// Schemas are equal when their fields are, in order.
  public static func == (a: Schema, b: Schema) -> Bool { a.fields == b.fields }
}

/// What can be wrong with the shape of a table.
public enum TabularError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A column name occurs twice.
  case duplicateColumn(String)
  /// A column is asked for that the table has not; candidates are those it has.
  case unknownColumn(String, candidates: [String])
  /// A column has another type than is needed.
  case wrongType(column: String, is: ColumnType, expected: [ColumnType])
  /// Columns of one table differ in length.
  case lengthMismatch(column: String, rows: Int, expected: Int)
  /// Two tables that should be alike have different schemas.
  case schemaMismatch(String)
  /// A key that should be unique is not.
  case duplicateKey(columns: [String], key: String)

  /// One sentence, with the way out.
  public var description: String {
    switch self {
    case .duplicateColumn(let name):
      return "column \"\(name)\" occurs twice; rename one of them"
    case .unknownColumn(let name, let candidates):
      return "no column \"\(name)\"" + didYouMean(name, among: candidates)
    case .wrongType(let column, let type, let expected):
      let wanted = expected.map(\.rawValue).joined(separator: " or ")
      return "column \"\(column)\" is \(type.rawValue), expected \(wanted)"
    case .lengthMismatch(let column, let rows, let expected):
      return "column \"\(column)\" has \(rows) rows, the table has \(expected)"
    case .schemaMismatch(let text):
      return text
    case .duplicateKey(let columns, let key):
      return "the key (\(columns.joined(separator: ", "))) is not unique: \(key) occurs more than once"
    }
  }
}

/// `; did you mean "x"?` for the candidate nearest to `name`, or the list of what there is when none is near.
public func didYouMean(_ name: String, among candidates: [String]) -> String {
  if let near = nearest(name, among: candidates) { return "; did you mean \"\(near)\"?" }
  if candidates.isEmpty { return "" }
  let shown = candidates.prefix(12).joined(separator: ", ")
  return "; there are: \(shown)" + (candidates.count > 12 ? ", and \(candidates.count - 12) more" : "")
}

/// The candidate within a third of the name's length in edits, the first of the nearest; or nil.
public func nearest(_ name: String, among candidates: [String]) -> String? {
  let wanted = Array(name.lowercased().utf8)
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let other = Array(candidate.lowercased().utf8)
    let limit = max(1, max(wanted.count, other.count) / 3)
    guard abs(wanted.count - other.count) <= limit else { continue }
    let distance = editDistance(wanted, other)
    let isKin = distance <= limit && distance < max(wanted.count, other.count)
    if isKin, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.name
}

/// The number of insertions, deletions, replacements and swaps of neighbours between two texts.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var before = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  for i in 0..<a.count {
    var current = [i + 1]
    for j in 0..<b.count {
      var best = min(previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
      current.append(best)
    }
    before = previous
    previous = current
  }
  return previous[b.count]
}

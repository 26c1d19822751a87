import Statistics
import Testing

/// The synthetic indicators and the answers of NumPy, SciPy and pymcdm under Fixtures/Reference/construction.
struct ConstructionReference {
  /// Six complete indicators, and then the last two of them with gaps.
  let columns: [[Double?]]
  private let expected: [(name: String, value: Double)]

  init() throws {
    let values = try ReferenceTable("construction/values.csv")
    columns = values.header.indices.map { column in values.rows.map { Double($0[column]) } }
    expected = try ReferenceTable("construction/expected.csv").rows.map { (String($0[0]), Double($0[2]) ?? .nan) }
    try #require(columns.count == 8 && columns[0].count == 60)
  }

  /// Complete: indicators 0 to 5.
  var complete: ValueMatrix { ValueMatrix(Array(columns[0..<6])) }
  /// With gaps in indicators 4 and 5.
  var gaps: ValueMatrix { ValueMatrix(Array(columns[0..<4]) + [columns[6], columns[7]]) }

  /// The answers under a name, in order.
  func callAsFunction(_ name: String) throws -> [Double] {
    let values = expected.filter { $0.name == name }.map(\.value)
    try #require(!values.isEmpty, "no answers named \(name)")
    return values
  }
}

/// Whether two lists agree number by number.
func agree(_ own: [Double]?, _ other: [Double], absolute: Double = 0, relative: Double = 0) -> Bool {
  guard let own, own.count == other.count else { return false }
  return zip(own, other).allSatisfy { close($0, $1, relative: relative, absolute: absolute) }
}

import Statistics
import Tabular

/// The rows that `cohere` gives, as they are made.
struct CoherenceRows {
  private var figures: MeasureRows
  private var texts: [[String]]
  private var flags: [String?] = []
  private let names: [String]
  private let options: Cohere.Options
  /// Rows so far.
  private(set) var count = 0

  init(_ figures: MeasureRows, names: [String], options: Cohere.Options) {
    (self.figures, self.names, self.options) = (figures, names, options)
    texts = Array(repeating: [], count: options.give == .pairs ? 3 : options.give == .indicators ? 2 : 1)
  }

  /// The text columns, the figures and, for pairs, the flags.
  var columns: [Column] {
    texts.map { .texts($0) } + figures.columns
      + (options.give == .pairs ? [.string(StringColumn(flags, reason: .insufficient))] : [])
  }

  /// Adds the rows of the areas `rows`.
  mutating func add(_ columns: [NumberColumn], _ rows: [Int], _ groups: [Cohere.Group]) {
    switch options.give {
    case .pairs: addPairs(columns, rows, groups)
    case .indicators: for group in groups { addIndicators(columns, rows, group) }
    case .groups: for group in groups { addGroup(columns, rows, group) }
    }
  }

  private mutating func append(_ names: [String], _ values: [Double?]) {
    for (place, name) in names.enumerated() { texts[place].append(name) }
    figures.append(values, reason: MissingReason.insufficient.rawValue)
    count += 1
  }

  private func matrix(_ columns: [NumberColumn], _ rows: [Int], _ places: [Int]) -> ValueMatrix {
    var kept = rows
    if options.areas == .complete { kept = rows.filter { row in places.allSatisfy { columns[$0].isPresent(row) } } }
    return ValueMatrix(
      places.map { place in kept.map { columns[place].isPresent($0) ? columns[place].values[$0] : nil } })
  }

  private func flag(_ coefficient: Double) -> CoherenceFlag? {
    CoherenceFlag(coefficient, redundant: options.redundant, weak: options.weak, opposing: options.opposing)
  }

  private mutating func addPairs(_ columns: [NumberColumn], _ rows: [Int], _ groups: [Cohere.Group]) {
    let matrix = matrix(columns, rows, Array(columns.indices))
    let correlations = CorrelationMethod.allCases.map { CorrelationMatrix(matrix, $0) }
    for one in columns.indices {
      for other in (one + 1)..<max(columns.count, one + 1) {
        let domain = groups.first { $0.places.contains(one) && $0.places.contains(other) }
        let isBetween = groups.count > 1 && domain?.name == "all"
        let both = (0..<matrix.rowCount).count { matrix.isPresent($0, one) && matrix.isPresent($0, other) }
        var values: [Double?] = [Double(both)]
        for correlation in correlations {
          values += [correlation[one, other]?.coefficient, correlation[one, other]?.pValue]
        }
        append([isBetween ? "between" : domain?.name ?? "all", names[one], names[other]], values)
        flags.append(correlations[0][one, other].map { flag($0.coefficient)?.rawValue ?? "none" })
      }
    }
  }

  /// Areas that have at least one indicator of the group, or all of them.
  private func areas(_ matrix: ValueMatrix) -> Double {
    Double((0..<matrix.rowCount).count { row in (0..<matrix.columnCount).contains { matrix.isPresent(row, $0) } })
  }

  private mutating func addIndicators(_ columns: [NumberColumn], _ rows: [Int], _ group: Cohere.Group) {
    let matrix = matrix(columns, rows, group.places)
    let correlations = CorrelationMatrix(matrix, .pearson).coefficients
    let components = correlations.map { PrincipalComponents($0) }
    let areas = areas(matrix)
    for (place, column) in group.places.enumerated() {
      let others = group.places.indices.filter { $0 != place }
      let rest = correlations?.selecting(others)
      var values: [Double?] = [
        areas, correlations.flatMap { Reliability.restCorrelation($0, of: place) },
        rest.flatMap { Reliability.cronbachAlpha($0) },
      ]
      for component in 0..<options.components {
        values.append(component < group.places.count ? components?.loadings(component)[place] : nil)
      }
      append([group.name, names[column]], values)
    }
  }

  private mutating func addGroup(_ columns: [NumberColumn], _ rows: [Int], _ group: Cohere.Group) {
    let matrix = matrix(columns, rows, group.places)
    let all = CorrelationMatrix(matrix, .pearson)
    let correlations = all.coefficients
    let components = correlations.map { PrincipalComponents($0) }
    let count = group.places.count
    let covariances = Reliability.covariances(
      matrix, Array(0..<count), areas: options.areas == .complete ? .complete : .pairwise)
    var values: [Double?] = [
      Double(count), areas(matrix), covariances.flatMap { Reliability.cronbachAlpha($0) },
      correlations.flatMap { Reliability.cronbachAlpha($0) }, components.map { Double($0.kaiser) },
    ]
    for component in 0..<options.components {
      values.append(component < count ? components?.eigenvalues[component] : nil)
    }
    for component in 0..<options.components {
      values.append(component < count ? components.map { 100 * $0.share(component) } : nil)
    }
    for wanted in [CoherenceFlag.redundant, .opposing, .weak] {
      var found = 0
      for one in 0..<count {
        for other in (one + 1)..<max(count, one + 1) {
          if let cell = all[one, other], flag(cell.coefficient) == wanted { found += 1 }
        }
      }
      values.append(Double(found))
    }
    append([group.name], values)
  }
}

import Statistics
import Testing

@Suite struct WeightingTests {
  @Test(arguments: ["raw", "scores"]) func oneFactorAgreesWithFactanal(which: String) throws {
    let reference = try ConstructionReference()
    var matrix = reference.complete
    if which == "scores" {
      matrix = ValueMatrix(
        (0..<6).map { column in
          let values = matrix.present(column)
          return Rank.ranks(of: values).map { NormalScores.score(rank: $0, count: 60, convention: .rankit) }
        })
    }
    let correlations = try #require(CorrelationMatrix(matrix, .pearson).coefficients)
    let model = try #require(OneFactorModel(correlations))
    #expect(try agree(model.uniquenesses, reference("factor_\(which)_uniquenesses"), absolute: 1e-6))
    #expect(try agree(model.loadings, reference("factor_\(which)_loadings"), absolute: 1e-6))
    #expect(try agree(model.weights, reference("factor_\(which)_weights"), absolute: 1e-6))
    #expect(!model.isHeywood && model.discrepancy > 0)
  }

  @Test func aFactorThatIsOneOfTheIndicators() throws {
    let reference = try ConstructionReference()
    let cells = try reference("heywood_matrix")
    let model = try #require(OneFactorModel(SquareMatrix((0..<4).map { Array(cells[($0 * 4)..<($0 * 4 + 4)]) })))
    #expect(try agree(model.uniquenesses, reference("heywood_uniquenesses"), absolute: 1e-6))
    #expect(try agree(model.loadings, reference("heywood_loadings"), absolute: 1e-6))
    #expect(model.isHeywood)
  }

  /// A matrix made from known loadings gives them back: R_ij = l_i l_j.
  @Test func exactFactorStructure() throws {
    let loadings = [0.9, 0.8, 0.7, 0.6, 0.5]
    var matrix = SquareMatrix(order: 5)
    for i in 0..<5 { for j in 0..<5 { matrix[i, j] = i == j ? 1 : loadings[i] * loadings[j] } }
    let model = try #require(OneFactorModel(matrix))
    #expect(agree(model.loadings, loadings, absolute: 1e-9))
    #expect(model.discrepancy < 1e-14)
    // Regression scores of one factor: w is proportional to l/psi.
    let raw = loadings.map { $0 / (1 - $0 * $0) }
    #expect(agree(model.weights, raw.map { $0 / raw.reduce(0, +) }, absolute: 1e-9))
  }

  @Test func noFactor() {
    #expect(OneFactorModel(SquareMatrix([[1, 0.5], [0.5, 1]])) == nil)
    #expect(OneFactorModel(SquareMatrix([[1, 1, 0.2], [1, 1, 0.2], [0.2, 0.2, 1]])) == nil)
  }

  @Test func objectiveWeightsAgreeWithPymcdm() throws {
    let reference = try ConstructionReference()
    #expect(try agree(ObjectiveWeights.entropy(reference.complete), reference("entropy"), absolute: 1e-13))
    #expect(try agree(ObjectiveWeights.critic(reference.complete), reference("critic"), absolute: 1e-13))
  }

  @Test func objectiveWeightsThatDoNotExist() {
    #expect(ObjectiveWeights.entropy(ValueMatrix([[1, 2], [-1, 2]])) == nil)
    #expect(ObjectiveWeights.entropy(ValueMatrix([[1, 2], [0, 0]])) == nil)
    #expect(ObjectiveWeights.entropy(ValueMatrix([[1, nil], [2, 3]])) == nil)
    #expect(ObjectiveWeights.critic(ValueMatrix([[1, 2, 3], [4, 4, 4]])) == nil)
    #expect(ObjectiveWeights.critic(ValueMatrix([])) == nil)
    // Where areas do not differ, no indicator has anything to weigh.
    #expect(ObjectiveWeights.entropy(ValueMatrix([[1, 2], [3, 3]])) == [1, 0])
  }

  @Test func balancedWeightsAgreeWithASearch() throws {
    let reference = try ConstructionReference()
    let matrix = reference.complete
    let correlations = try #require(CorrelationMatrix(matrix, .pearson).coefficients)
    let deviations = (0..<6).map { Moments(matrix.view($0)).standardDeviation() ?? 0 }
    let balanced = try #require(BalancedWeights(correlations, deviations: deviations))
    #expect(balanced.isExact)
    #expect(try agree(balanced.weights, reference("balanced"), absolute: 1e-6))
    // The weighted mean itself correlates with each indicator as said.
    let mean = (0..<60).map { row in (0..<6).reduce(0.0) { $0 + balanced.weights[$1] * (matrix[row, $1] ?? .nan) } }
    for column in 0..<6 {
      let own = Correlation(TestColumn(matrix.cells(column)).view, TestColumn(mean).view, .pearson)
      #expect(close(own?.coefficient, balanced.correlations[column], absolute: 1e-12))
      #expect(close(balanced.correlations[column], balanced.correlations[0], absolute: 1e-12))
    }
  }

  /// A part that runs against two others cannot correlate as they do: it gets no weight.
  @Test func balanceOutOfReach() throws {
    let matrix = SquareMatrix([[1, 0.9, 0.2], [0.9, 1, 0.6], [0.2, 0.6, 1]])
    let balanced = try #require(BalancedWeights(matrix, deviations: [1, 1, 1], target: [1, 3, 1]))
    #expect(!balanced.isExact || balanced.weights.allSatisfy { $0 >= 0 })
    #expect(close(balanced.weights.reduce(0, +), 1, absolute: 1e-14))
    let asked = try #require(BalancedWeights(matrix, deviations: [1, 2, 1], target: [2, 3, 2]))
    if asked.isExact { #expect(close(asked.correlations[1] / asked.correlations[0], 1.5, absolute: 1e-12)) }
    let apart = try #require(
      BalancedWeights(
        SquareMatrix([[1, 0.95, 0.1], [0.95, 1, 0.35], [0.1, 0.35, 1]]), deviations: [1, 1, 1], target: [1, 0.5, 1]))
    #expect(!apart.isExact && apart.weights[1] == 0 && apart.weights[0] > 0 && apart.weights[2] > 0)
  }

  @Test func effectiveWeights() {
    // Index 0; sub-indices 1, 2 (weights 3 and 1); indicators 3, 4 under 1, and 5 under 2.
    let products = EffectiveWeights.products([1, 3, 1, 2, 2, 7], parents: [nil, 0, 0, 1, 1, 2])
    #expect(products == [1, 0.75, 0.25, 0.375, 0.375, 0.25])
    #expect(EffectiveWeights.products([0, 0], parents: [nil, nil]) == [0, 0])
    #expect(EffectiveWeights.products([], parents: []) == [])
  }
}

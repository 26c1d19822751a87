import Statistics
import Testing

@Suite struct CoherenceTests {
  @Test func shapesAgreeWithSciPy() throws {
    let reference = try ConstructionReference()
    let matrix = reference.gaps
    for column in 0..<6 {
      let shape = Shape(matrix.view(column))
      let own = [shape.skewness ?? .nan, shape.kurtosis ?? .nan]
      #expect(try agree(own, reference("shape_\(column)"), absolute: 1e-12, relative: 1e-12), "\(column)")
    }
  }

  @Test(arguments: CorrelationMethod.allCases) func correlationsAgreeWithSciPy(method: CorrelationMethod) throws {
    let reference = try ConstructionReference()
    let matrix = reference.gaps
    let all = CorrelationMatrix(matrix, method)
    for i in 0..<6 {
      for j in (i + 1)..<6 {
        let cell = try #require(all[i, j])
        let own = [cell.coefficient, cell.pValue ?? .nan]
        #expect(
          try agree(own, reference("\(method.rawValue)_\(i)_\(j)"), absolute: 1e-14, relative: 1e-10), "\(i) \(j)")
        #expect(
          all[j, i] == cell && cell.count == (i < 4 && j < 4 ? 60 : i == 4 && j == 5 ? 54 : j == 5 || i == 5 ? 57 : 56))
      }
    }
  }

  @Test func correlationsThatDoNotExist() {
    let matrix = ValueMatrix([[1, 2, nil, 4], [3, 3, 5, 3], [nil, nil, 1, 2], [nil, nil, nil, nil]])
    for method in CorrelationMethod.allCases {
      let all = CorrelationMatrix(matrix, method)
      // No spread where both are present, one common area, none.
      #expect(all[0, 1] == nil && all[0, 2] == nil && all[0, 3] == nil && all.coefficients == nil)
    }
    let two = Correlation(TestColumn([1, 2]).view, TestColumn([5, 4]).view, .pearson)
    #expect(two?.coefficient == -1 && two?.pValue == nil && two?.count == 2)
    let certain = Correlation(TestColumn([1, 2, 3]).view, TestColumn([5, 7, 9]).view, .spearman)
    #expect(certain?.coefficient == 1 && certain?.pValue == 0)
  }

  @Test func componentsAgreeWithNumPy() throws {
    let reference = try ConstructionReference()
    let correlations = try #require(CorrelationMatrix(reference.complete, .pearson).coefficients)
    let components = PrincipalComponents(correlations)
    #expect(try agree(components.eigenvalues, reference("eigenvalues"), absolute: 1e-12))
    #expect(try agree(components.vectors[0], reference("first_component"), absolute: 1e-12))
    let first = try reference("first_component")
    #expect(agree(components.firstComponentWeights, first.map { $0 / first.reduce(0, +) }, absolute: 1e-12))
    #expect(agree(components.squaredLoadingWeights, first.map { $0 * $0 }, absolute: 1e-12))
    #expect(
      agree(
        components.loadings(0), try first.map { try $0 * reference("eigenvalues")[0].squareRoot() }, absolute: 1e-12))
    #expect(components.kaiser == (try reference("eigenvalues").count { $0 > 1 }))
    #expect(close(components.share(0), try reference("eigenvalues")[0] / 6, absolute: 1e-12))
  }

  /// Every eigenvector is one: A v = e v, whatever the matrix.
  @Test(arguments: [1, 2, 5, 20, 49]) func eigenvectorsAreEigenvectors(order: Int) {
    var generator = SeededGenerator(UInt64(order))
    var matrix = SquareMatrix(order: order)
    for i in 0..<order {
      for j in 0...i {
        matrix[i, j] = Double.random(in: -2..<3, using: &generator)
        matrix[j, i] = matrix[i, j]
      }
    }
    let eigen = SymmetricEigen(matrix)
    #expect(zip(eigen.values, eigen.values.dropFirst()).allSatisfy { $0 >= $1 })
    for (value, vector) in zip(eigen.values, eigen.vectors) {
      #expect(agree(matrix.times(vector), vector.map { value * $0 }, absolute: 1e-11 * Double(order)))
      #expect(close(vector.reduce(0) { $0 + $1 * $1 }, 1, absolute: 1e-12))
      #expect(vector.reduce(0, +) >= 0)
    }
  }

  @Test func alpha() throws {
    let reference = try ConstructionReference()
    let columns = Array(0..<6)
    for areas in Reliability.Areas.allCases {
      let covariances = try #require(Reliability.covariances(reference.complete, columns, areas: areas))
      #expect(agree(Reliability.cronbachAlpha(covariances).map { [$0] }, try reference("alpha"), absolute: 1e-12))
    }
    #expect(Reliability.cronbachAlpha(SquareMatrix([[2]])) == nil)
    #expect(Reliability.cronbachAlpha(SquareMatrix([[1, -1], [-1, 1]])) == nil)
    // Two indicators that are the same have alpha 1.
    #expect(Reliability.cronbachAlpha(SquareMatrix([[3, 3], [3, 3]])) == 1)
    #expect(Reliability.covariances(ValueMatrix([[1, nil], [2, 3]]), [0, 1], areas: .complete) == nil)
  }

  @Test func flags() {
    #expect(CoherenceFlag(0.9) == .redundant && CoherenceFlag(-0.4) == .opposing && CoherenceFlag(0.29) == .weak)
    #expect(CoherenceFlag(0.3) == nil && CoherenceFlag(-0.35) == nil && CoherenceFlag(-0.1) == .weak)
  }
}

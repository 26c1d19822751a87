import Statistics

/// Weights of the parts of one aggregate, and what they rest on.
struct DrawnWeights {
  /// One a part.
  let weights: [Double]
  /// The correlation of each part with the component, factor or mean.
  var correlations: [Double]?

  init(weights: [Double]) { self.weights = weights }

  /// Weights drawn from the values of the parts; nil when the method has no result on them.
  init?(_ method: Weigh.Method, _ matrix: ValueMatrix) {
    switch method {
    case .given, .equal: return nil
    case .entropy:
      guard let weights = ObjectiveWeights.entropy(matrix) else { return nil }
      self.weights = weights
    case .critic:
      guard let weights = ObjectiveWeights.critic(matrix) else { return nil }
      self.weights = weights
    case .principalComponent, .squaredLoadings, .oneFactor, .balanced:
      guard let correlations = CorrelationMatrix(matrix, .pearson).coefficients,
        let drawn = Self.fromCorrelations(method, correlations, matrix)
      else { return nil }
      (weights, self.correlations) = drawn
    }
  }

  private static func fromCorrelations(_ method: Weigh.Method, _ correlations: SquareMatrix, _ matrix: ValueMatrix)
    -> ([Double], [Double])?
  {
    if method == .oneFactor {
      guard let model = OneFactorModel(correlations), let weights = model.weights else { return nil }
      return (weights, model.loadings)
    }
    if method == .balanced {
      let deviations = (0..<matrix.columnCount).map { Moments(matrix.view($0)).standardDeviation(.sample) ?? 0 }
      guard let balanced = BalancedWeights(correlations, deviations: deviations) else { return nil }
      return (balanced.weights, balanced.correlations)
    }
    let components = PrincipalComponents(correlations)
    let weights = method == .squaredLoadings ? components.squaredLoadingWeights : components.firstComponentWeights
    return weights.map { ($0, components.loadings(0)) }
  }

  /// What a method needs, for the message when it was not there.
  static func need(of method: Weigh.Method) -> String {
    switch method {
    case .entropy: "it needs two areas that have every part, values of 0 and more, and a part that differs"
    case .critic: "it needs two areas that have every part, and every part must differ among them"
    case .oneFactor: "every pair of parts needs a correlation, and no part may be a sum of others"
    case .balanced:
      "every pair of parts needs a correlation, none may be a sum of others, and one needs a weight above 0"
    case .principalComponent, .squaredLoadings: "every pair of parts needs a correlation"
    case .given, .equal: ""
    }
  }
}

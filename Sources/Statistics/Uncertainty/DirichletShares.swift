/// Dirichlet shares from even draws, one a share, so that a low-discrepancy point gives a set of weights.
public enum DirichletShares {
  /// Shares that sum to 1: each the quantile of a gamma distribution with shape `concentration` times its mean share at its
  /// own draw between 0 and 1, over the sum of all.
  ///
  /// With independent even draws this is the distribution of ``CounterGenerator/dirichlet(means:concentration:)``. A share of
  /// mean 0 stays 0.
  public static func quantiles(means: [Double], concentration: Double, draws: [Double]) -> [Double] {
    precondition(concentration > 0 && draws.count >= means.count, "a concentration above 0 and a draw for each share")
    let total = means.reduce(0, +)
    precondition(total > 0, "a Dirichlet distribution needs a share above 0")
    let parts = zip(means, draws).map { mean, draw in
      mean > 0 ? Distributions.gammaQuantile(draw, concentration * mean / total) : 0
    }
    let sum = parts.reduce(0, +)
    return zip(means, parts).map { sum > 0 ? $1 / sum : $0 / total }
  }
}

/// The smallest value of a function of one variable.
enum Minimum {
  /// Where `function` is smallest between `low` and `high`, by Brent's method: golden sections and parabolas.
  ///
  /// Reference: R. P. Brent, "Algorithms for Minimization without Derivatives" (1973), chapter 5. A function with several
  /// valleys gives one of them.
  static func brent(_ low: Double, _ high: Double, tolerance: Double = 1e-10, _ function: (Double) -> Double) -> Double
  {
    let golden = 0.381966011250105151795
    var (a, b) = (low, high)
    var x = a + golden * (b - a)
    var (w, v) = (x, x)
    var fx = function(x)
    var (fw, fv) = (fx, fx)
    var (d, e) = (0.0, 0.0)
    for _ in 0..<200 {
      let middle = 0.5 * (a + b)
      let step = tolerance * abs(x) + 1e-12
      if abs(x - middle) <= 2 * step - 0.5 * (b - a) { break }
      var isParabolic = false
      if abs(e) > step {
        let r = (x - w) * (fx - fv)
        var q = (x - v) * (fx - fw)
        var p = (x - v) * q - (x - w) * r
        q = 2 * (q - r)
        if q > 0 { p = -p } else { q = -q }
        if abs(p) < abs(0.5 * q * e), p > q * (a - x), p < q * (b - x) {
          e = d
          d = p / q
          isParabolic = true
        }
      }
      if !isParabolic {
        e = x < middle ? b - x : a - x
        d = golden * e
      }
      let u = x + (abs(d) >= step ? d : d < 0 ? -step : step)
      let fu = function(u)
      if fu <= fx {
        if u < x { b = x } else { a = x }
        (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu)
      } else {
        if u < x { a = u } else { b = u }
        if fu <= fw || w == x {
          (v, fv, w, fw) = (w, fw, u, fu)
        } else if fu <= fv || v == x || v == w {
          (v, fv) = (u, fu)
        }
      }
    }
    return x
  }

  /// Where an increasing `function` on `low`...`high` passes `target`, by halving the interval to the last bit.
  static func root(_ low: Double, _ high: Double, of target: Double, _ function: (Double) -> Double) -> Double {
    var (a, b) = (low, high)
    for _ in 0..<2000 {
      let middle = 0.5 * (a + b)
      if middle <= a || middle >= b { break }
      if function(middle) < target { a = middle } else { b = middle }
    }
    return 0.5 * (a + b)
  }
}

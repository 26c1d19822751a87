/// Order statistics without a full sort.
enum Selection {
  /// The quantile `q` (type 7) of the first `count` (at least 1) numbers of `x`, which it puts in another order.
  static func quantile(_ q: Double, of x: UnsafeMutableBufferPointer<Double>, count: Int) -> Double {
    let position = Double(count - 1) * q
    let index = Int(position)
    let share = position - Double(index)
    let low = select(index, x, count)
    if share == 0 || index + 1 >= count { return low }
    var high = x[index + 1]
    for i in (index + 2)..<max(index + 2, count) { high = min(high, x[i]) }
    return low + share * (high - low)
  }

  /// The number that a sort would put at `index`; smaller ones end up before it and larger ones behind it.
  private static func select(_ index: Int, _ x: UnsafeMutableBufferPointer<Double>, _ count: Int) -> Double {
    var low = 0
    var high = count - 1
    var rounds = 2 * (Int.bitWidth - count.leadingZeroBitCount) + 8
    while low < high {
      rounds -= 1
      if rounds == 0 {  // a bad run of pivots: sort what is left
        var rest = UnsafeMutableBufferPointer(rebasing: x[low...high])
        rest.sort()
        break
      }
      let pivot = median(x[low], x[low + (high - low) / 2], x[high])
      var i = low
      var j = high
      while i <= j {
        while x[i] < pivot { i += 1 }
        while x[j] > pivot { j -= 1 }
        if i <= j {
          x.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if index <= j { high = j } else if index >= i { low = i } else { break }
    }
    return x[index]
  }

  private static func median(_ a: Double, _ b: Double, _ c: Double) -> Double { max(min(a, b), min(max(a, b), c)) }
}

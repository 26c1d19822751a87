import Statistics
import Testing

@Suite struct RakingTests {
  /// Deming and Stephan's conditions: the margins are met and the odds ratios are those of the seed.
  @Test func marginsAreMetAndOddsRatiosStay() throws {
    var generator = SeededGenerator(1940)
    for _ in 0..<50 {
      let (height, width) = (Int.random(in: 1...5, using: &generator), Int.random(in: 1...4, using: &generator))
      let seed = (0..<(height * width)).map { _ in Double.random(in: 1...100, using: &generator) }
      let rows = (0..<height).map { _ in Double.random(in: 1...100, using: &generator) }
      var columns = (0..<width).map { _ in Double.random(in: 1...100, using: &generator) }
      let scale = rows.reduce(0, +) / columns.reduce(0, +)
      columns = columns.map { $0 * scale }
      let raked = try Raking(seed: seed, rows: rows, columns: columns)
      #expect(raked.hasConverged && raked.largestError <= 1e-10)
      for i in 0..<height {
        let sum = raked.cells[(i * width)..<((i + 1) * width)].reduce(0, +)
        #expect(close(sum, rows[i], relative: 1e-7))
      }
      for j in 0..<width {
        let sum = (0..<height).reduce(0) { $0 + raked.cells[$1 * width + j] }
        #expect(close(sum, columns[j], relative: 1e-7))
      }
      for i in 1..<max(height, 1) {
        for j in 1..<max(width, 1) {
          func odds(_ cells: [Double]) -> Double {
            cells[0] * cells[i * width + j] / (cells[j] * cells[i * width])
          }
          #expect(close(odds(raked.cells), odds(seed), relative: 1e-9))
        }
      }
    }
  }

  /// A seed that fits already stays as it is, after one round.
  @Test func aFittingSeedStays() throws {
    let raked = try Raking(seed: [1, 2, 3, 4], rows: [3, 7], columns: [4, 6])
    #expect(raked.cells == [1, 2, 3, 4] && raked.iterations == 1 && raked.hasConverged)
  }

  /// A uniform seed gives the product of the margins.
  @Test func independence() throws {
    let raked = try Raking(seed: [1, 1, 1, 1], rows: [30, 70], columns: [40, 60])
    for (cell, expected) in zip(raked.cells, [12.0, 18, 28, 42]) { #expect(close(cell, expected)) }
  }

  /// Zeros in the seed that make the margins unreachable: it stops and says so.
  @Test func unreachableMargins() throws {
    let raked = try Raking(seed: [1, 0, 1, 1], rows: [80, 20], columns: [50, 50], maximumIterations: 200)
    #expect(!raked.hasConverged && raked.iterations == 200 && raked.largestError > 0.1)
    #expect(raked.cells[1] == 0)
  }

  @Test func mistakes() {
    func failure(_ seed: [Double], _ rows: [Double], _ columns: [Double]) -> Raking.Failure? {
      do throws(Raking.Failure) {
        _ = try Raking(seed: seed, rows: rows, columns: columns)
        return nil
      } catch { return error }
    }
    #expect(failure([1, 1], [3], [1, 1]) == .unequalSums(rows: 3, columns: 2))
    #expect(failure([0, 0, 1, 1], [1, 1], [1, 1]) == .emptySeed(isRow: true, index: 0))
    #expect(failure([1, 0, 1, 0], [1, 1], [1, 1]) == .emptySeed(isRow: false, index: 1))
    #expect(failure([1, -1], [0], [0, 0]) == .notACount)
    #expect(failure([1, .nan], [1], [1, 0]) == .notACount)
    #expect(failure([1, 1], [0], [0, 0]) == nil)
  }

  @Test func nothingToShareOut() throws {
    let raked = try Raking(seed: [1, 2], rows: [0], columns: [0, 0])
    #expect(raked.cells == [0, 0] && raked.hasConverged && raked.iterations == 0)
  }
}

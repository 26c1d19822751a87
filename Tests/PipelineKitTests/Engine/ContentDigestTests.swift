import PipelineKit
import Tabular
import Testing

@Suite struct ContentDigestTests {
  private func table(_ values: [Double], _ texts: [String?] = ["a", "b", "a"], name: String = "v") throws -> Table {
    try Table(
      schema: try Schema([Field(name, .float64), Field("t", .string)]),
      columns: [.float64(Float64Column(values)), .string(StringColumn(texts))])
  }

  @Test func equalContentHasOneDigest() throws {
    let digest = ContentDigest.of(try table([1, 2, 3]))
    #expect(digest.count == 32)
    #expect(ContentDigest.of(try table([1, 2, 3])) == digest)
    // The same texts behind another dictionary.
    let both = try Table.concatenating([table([1, 2, 3], ["b", "a", "c"]), table([1, 2, 3])])
    #expect(ContentDigest.of(both.gathering([3, 4, 5])) == digest)
  }

  @Test func anyChangeShows() throws {
    let tables = [
      try table([1, 2, 3]), try table([1, 2, 3.0000000000000004]), try table([2, 1, 3]),
      try table([1, 2, 3], ["a", "a", "b"]),
      try table([1, 2, 3], ["a", nil, "a"]), try table([1, 2, 3], name: "w"), try table([1, 2], ["a", "b"]),
      try table([Double](repeating: 1, count: 100), [String?](repeating: "a", count: 100)),
      try table([Double](repeating: 1, count: 101), [String?](repeating: "a", count: 101)),
    ]
    #expect(Set(tables.map { ContentDigest.of($0) }).count == tables.count)
  }

  @Test func aFlippedBitAnywhereShows() throws {
    let values = (0..<300).map { Double($0) }
    let texts = [String?](repeating: "a", count: 300)
    var seen: Set<String> = [ContentDigest.of(try table(values, texts))]
    for i in 0..<300 {
      var changed = values
      changed[i] = Double(bitPattern: values[i].bitPattern ^ (1 << UInt64(i % 52)))
      seen.insert(ContentDigest.of(try table(changed, texts)))
    }
    #expect(seen.count == 301)
  }
}

@testable import PipelineKit
import Tabular
import Testing

@Suite struct RenameTests {
  private func table() throws -> Table {
    try Make.table([
      (Field("a", .string, role: .key), Make.texts(["p", nil])),
      (Field("b", .float64, unit: "%"), Make.floats([1, nil])),
      (Field("c", .int64), Make.ints([3, 4])),
    ])
  }

  private func columns(_ entries: KeyValuePairs<String, String>) -> SpecNode {
    Make.map(["columns": Make.names(entries)])
  }

  @Test func renamesAllAtOnce() throws {
    let table = try table()
    let rename = try Make.transform("rename", columns(["a": "b", "b": "a"]))
    let result = try rename.apply([table], context: RunContext())
    #expect(result.schema.names == ["b", "a", "c"])
    #expect(result.columns == table.columns)
    #expect(result.schema[1] == Field("a", .float64, unit: "%"))
    #expect(rename.neededColumns(["c", "a"], inputs: [table.schema]) == [["a", "b", "c"]])
    #expect(rename.neededColumns(nil, inputs: [table.schema]) == [nil])
  }

  @Test func asksForOldNames() throws {
    let rename = try Make.transform("rename", columns(["a": "z"]))
    #expect(rename.neededColumns(["z", "c"], inputs: [try table().schema]) == [["a", "c"]])
  }

  @Test func saysWhatIsWrong() throws {
    let schema = try table().schema
    func error(_ entries: KeyValuePairs<String, String>) -> String {
      Make.error { _ = try Make.transform("rename", columns(entries)).outputSchema(for: [schema]) }
    }
    #expect(error(["z": "y"]) == "p.yml:1:3: no column \"z\"; there are: a, b, c")
    #expect(error(["a": "c"]) == "p.yml:9:1: there is a column \"c\" already; rename or leave out that one")
    #expect(error(["a": "x", "b": "x"]) == "p.yml:9:2: two columns would be called \"x\"")
    #expect(error(["a": ""]) == "p.yml:9:1: the new name of \"a\" is empty")
    #expect(
      Make.error { _ = try Make.transform("rename", Make.map([:])) }
        == "p.yml:1:1: option \"columns\" is missing; it takes a mapping of names to columns: "
        + "The columns to rename: `old: new`.")
  }
}

extension Make {
  /// A mapping of names to scalars, which stand side by side in line 9.
  fileprivate static func names(_ entries: KeyValuePairs<String, String>) -> SpecNode {
    SpecNode(
      .map(
        entries.enumerated().map { i, entry in
          SpecNode.Entry(
            key: entry.key, position: SourcePosition(file: "p.yml", line: i + 1, column: 3),
            value: text(entry.value, 9, i + 1))
        }), at: place)
  }
}

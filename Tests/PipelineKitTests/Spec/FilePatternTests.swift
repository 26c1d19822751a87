@testable import PipelineKit
import PipelineTesting
import Testing

@Suite struct FilePatternTests {
  @Test(arguments: [
    ("a.csv", "a.csv", []), ("*.csv", "b.csv", []), ("k_{year}.csv", "k_2020.csv", ["2020"]),
    ("k?{x}_*", "kzA_rest", ["A"]),
  ])
  func matches(pattern: String, name: String, captures: [String]) {
    #expect(FilePattern.match(pattern, name)?.map(\.value) == captures)
  }

  @Test(arguments: [("a.csv", "b.csv"), ("*.csv", "a.xml"), ("k_{year}.csv", "k_.csv"), ("?", "")])
  func doesNotMatch(pattern: String, name: String) { #expect(FilePattern.match(pattern, name) == nil) }

  @Test func expandsInOrderAndNamesTheFolders() throws {
    let folder = TemporaryFolder()
    for name in ["k_2020.csv", "k_2019.csv", "other.txt", "k_2018.csv.partial"] { folder.write(name, "") }
    var pattern = FilePattern(SpecPath(folder.path + "/k_{year}.csv", at: SourcePosition(file: "p.yml")))
    let found = try pattern.expand()
    #expect(found.map(\.path) == [folder.path + "/k_2019.csv", folder.path + "/k_2020.csv"])
    #expect(found.map { $0.captures[0].value } == ["2019", "2020"])
    #expect(pattern.searchedFolders == [folder.path])
  }

  @Test(arguments: ["/there/k_*.csv", "/none/deep/k_*.csv", "/none/k.csv", "/there/none.csv"])
  func whatMayBeAbsentFindsNothing(pattern: String) throws {
    let folder = TemporaryFolder()
    folder.write("there/other.csv", "")
    var own = FilePattern(SpecPath(folder.path + pattern, at: SourcePosition(file: "p.yml")))
    own.mayBeAbsent = true
    #expect(try own.expand().isEmpty)
    // The nearest folder that is there says when it would be found.
    #expect(own.searchedFolders == [folder.path + (pattern.hasPrefix("/there") ? "/there" : "")])
    own.mayBeAbsent = false
    if pattern.hasPrefix("/none/deep") { #expect(throws: SourceError.self) { try own.expand() } }
  }
}

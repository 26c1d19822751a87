import Foundation
import Testing

/// Every worked case of `labour-cases.json`, answered from the inputs that stand there, as a table by id.
///
/// `PEIL_ORACLES` names the folder that holds the collection. What each case checks in a clone without it is typed into the
/// test named in the last column and in Documentation/oracles.md.
@Suite(.enabled(if: getenv("PEIL_ORACLES") != nil)) struct LabourCasesOracleTests {
  struct Case: Decodable {
    var id: String
    var metric: String
    var inputs: JSONValue
    var params: JSONValue
    var expected: JSONValue
    var abs_tolerance: Double
    var kind: String
  }

  @Test func everyCaseById() throws {
    struct Collection: Decodable { var cases: [Case] }
    let folder = try #require(getenv("PEIL_ORACLES").map { String(cString: $0) })
    let data = try #require(FileManager.default.contents(atPath: folder + "/labour-cases.json"))
    let cases = try JSONDecoder().decode(Collection.self, from: data).cases
    let tests = try CaseTests()
    let listed = try CaseTests.listed()
    var table = [["id", "kind", "expected", "found", "off by", "tolerance", "covered", "test"]]
    var covered = 0
    for one in cases {
      let found = LabourCaseAnswers.answer(one.metric, one.inputs, one.params)
      let distance = found.flatMap { one.expected.distance(to: $0) }
      let test = tests.name(of: one.id)
      let isCovered = test != nil && distance.map { $0 <= one.abs_tolerance } == true
      covered += isCovered ? 1 : 0
      table.append([
        one.id, one.kind, one.expected.brief, found?.brief ?? "unknown metric",
        distance.map { String(format: "%.1e", $0) } ?? "-", String(format: "%g", one.abs_tolerance),
        isCovered ? "covered" : "not", test ?? "none",
      ])
      #expect(isCovered, "\(one.id): \(String(describing: found)), expected \(one.expected); test \(test ?? "none")")
      #expect(listed[one.id] == test, "\(one.id) in Documentation/oracles.md")
    }
    let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    for row in table {
      print(zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  "))
    }
    print("worked cases: \(covered) covered, \(cases.count - covered) not, of \(cases.count)")
    #expect(cases.count >= 55)
  }
}

/// What the page Documentation/oracles.md says holds without the collection.
@Suite struct OraclePageTests {
  /// Each case in the table of the page is held by the test that it names.
  @Test func everyCaseHasItsTest() throws {
    let tests = try CaseTests()
    let listed = try CaseTests.listed()
    #expect(listed.count >= 55)
    for (id, test) in listed { #expect(tests.name(of: id) == test, "\(id)") }
  }
}

/// Which test holds which worked case: the first whose source has the id outside a comment.
struct CaseTests {
  private var files: [(name: String, lines: [Substring])] = []

  private static var root: String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
  }

  init() throws {
    let folder = Self.root + "/Tests/StatisticsTests"
    let names = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
    for name in names.sorted() where name.hasSuffix(".swift") && !name.hasPrefix("Oracles/") {
      let file = name.split(separator: "/").last?.dropLast(6) ?? ""
      files.append((String(file), try ReferenceTable.lines("\(folder)/\(name)")))
    }
  }

  /// The ids in the table of Documentation/oracles.md, each with its test: rows whose first and last cells are code.
  static func listed() throws -> [String: String] {
    let rows = try ReferenceTable.lines(root + "/Documentation/oracles.md").map { line in
      line.split(separator: "|").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    }
    let named = rows.compactMap { cells -> (String, String)? in
      guard let id = cells.first, let test = cells.last, cells.count > 2, id.isCode, test.isCode else { return nil }
      return (String(id.dropFirst().dropLast()), String(test.dropFirst().dropLast()))
    }
    return Dictionary(named) { first, _ in first }
  }

  /// `File.function`, or nil.
  func name(of id: String) -> String? {
    for file in files {
      guard let line = file.lines.firstIndex(where: { !$0.isComment && $0.names(id) }) else { continue }
      for text in file.lines[line...] {
        guard let start = text.range(of: "func ")?.upperBound else { continue }
        return "\(file.name).\(text[start...].prefix { $0 != "(" })"
      }
    }
    return nil
  }
}

extension StringProtocol {
  fileprivate var isComment: Bool { drop { $0 == " " }.hasPrefix("//") }
  fileprivate var isCode: Bool { count > 2 && first == "`" && last == "`" }

  /// Whether the text holds `id` as a word of its own.
  fileprivate func names(_ id: String) -> Bool {
    var rest = self[...]
    func isWord(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false }
    while let place = rest.range(of: id) {
      let before = place.lowerBound > startIndex ? self[index(before: place.lowerBound)] : nil
      let after = place.upperBound < endIndex ? self[place.upperBound] : nil
      if !isWord(before) && !isWord(after) { return true }
      rest = rest[place.upperBound...]
    }
    return false
  }
}

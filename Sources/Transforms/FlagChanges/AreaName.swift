/// The name of an area as its words, to tell whether two names are of one place.
///
/// Spelling that changes from year to year does not count: capitals, hyphens, `e.o.` for `en omgeving`, `Wijk 10` before a
/// name. Words that many names share, such as directions and `bedrijventerrein`, do not make a place.
struct AreaName: Equatable {
  /// The words that count, in order.
  let words: [String]

  init(_ text: String) {
    var words: [String] = []
    let letters = text.lowercased().split { !$0.isLetter && !$0.isNumber }
    for word in letters where !Self.ignored.contains(word) && !word.allSatisfy(\.isNumber) && word.count > 1 {
      words.append(String(word))
    }
    self.words = words
  }

  private static let ignored: Set<Substring> = [
    "en", "omgeving", "eo", "omg", "de", "het", "van", "der", "den", "te", "wijk", "buurt",
  ]

  private static let general: Set<String> = [
    "noord", "oost", "zuid", "west", "noordoost", "noordwest", "zuidoost", "zuidwest", "midden", "centrum", "kern",
    "verspreide", "huizen", "buitengebied", "bedrijventerrein", "bedrijvenpark", "industrieterrein",
  ]

  /// The words that belong to this place.
  var distinctive: [String] { words.filter { !Self.general.contains($0) } }

  /// Whether the two may name one place: they share a word of the place or, when one has none, any word.
  func isAkin(to other: AreaName) -> Bool {
    let (mine, its) = (distinctive, other.distinctive)
    if mine.contains(where: its.contains) { return true }
    if !mine.isEmpty, !its.isEmpty { return false }
    return words == other.words || words.contains(where: other.words.contains)
  }

  /// The runs of words that stand in the name, shorter than the whole, longest first.
  var innerRuns: [[String]] {
    var runs: [[String]] = []
    for length in stride(from: words.count - 1, to: 0, by: -1) {
      for start in 0...(words.count - length) { runs.append(Array(words[start..<(start + length)])) }
    }
    return runs
  }

  /// Whether `run` stands in the name.
  func contains(_ run: [String]) -> Bool {
    guard run.count <= words.count else { return false }
    return (0...(words.count - run.count)).contains { Array(words[$0..<($0 + run.count)]) == run }
  }
}

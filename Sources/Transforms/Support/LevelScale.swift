import PipelineKit
import Tabular

/// A column of codes whose values stand for levels of an ordered scale.
struct LevelColumn: PluginOptions {
  var column = Located("", at: SourcePosition(file: ""))
  var levels = OrderedMap<Located>()

  static var declaration: [OptionField<Self>] {
    [
      .init("column", \.column, required: true, "The column of codes."),
      .init(
        "levels", \.levels,
        "The level of each code, `code: level`; without it the codes are the names of levels themselves."),
    ]
  }

  /// Checks the column and that each level is one of the scale.
  func check(in schema: Schema, scale: LevelScale) throws(SpecError) {
    let field = try schema.field(at: column)
    for entry in levels.entries {
      try CellLiteral.check(Located(entry.key, at: entry.position), in: field)
      _ = try scale.index(of: entry.value)
    }
  }

  /// The level of each row, from 0.
  func levels(in table: Table, scale: LevelScale) throws(TransformError) -> [Int] {
    let cells = try table.columns(named: [column.text])[0]
    let codes = Grouping(by: [cells], rowCount: table.rowCount)
    var levelOfCode: [Int] = []
    for row in codes.representatives where row >= 0 {
      let code = cellText(cells, row: Int(row))
      guard cells.missingReason(at: Int(row)) == nil else {
        throw TransformError(
          "\"\(column)\" is missing in a row \(code); filter such rows out, or say with derive what they count as")
      }
      guard let level = scale.names.firstIndex(of: levels.entries.isEmpty ? code : levels[code]?.text ?? "") else {
        let known = levels.entries.isEmpty ? scale.names : levels.keys
        throw TransformError(
          "\"\(column)\" has the code \"\(code)\", which has no level\(didYouMean(code, among: known)); "
            + "add it under \"levels\", or filter it out")
      }
      levelOfCode.append(level)
    }
    return codes.groups.map { levelOfCode[Int($0)] }
  }
}

/// The names of levels, from the lowest to the highest.
struct LevelScale: Sendable {
  let names: [String]

  /// A scale of at least two levels with different names.
  init(_ levels: [Located], at position: SourcePosition) throws(SpecError) {
    guard levels.count >= 2 else {
      throw SpecError(position, "\"scale\" names at least two levels, from the lowest to the highest")
    }
    var seen: Set<String> = []
    for level in levels where !seen.insert(level.text).inserted {
      throw SpecError(level.position, "level \"\(level)\" occurs twice in \"scale\"")
    }
    names = levels.map(\.text)
  }

  /// The place of a level on the scale, from 0.
  func index(of level: Located) throws(SpecError) -> Int {
    guard let index = names.firstIndex(of: level.text) else {
      throw SpecError(
        level.position, "\"\(level)\" is no level of the scale" + didYouMean(level.text, among: names))
    }
    return index
  }
}

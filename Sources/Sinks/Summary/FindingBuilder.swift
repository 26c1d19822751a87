import PipelineKit
import Tabular

/// Fills findings from tables.
struct FindingBuilder {
  /// A finding, ready to write.
  struct Finding {
    var json: JSON
    var english: String
  }

  private let areaColumn: String
  private let labelColumn: String?
  private let inputs: [NamedTable]
  private let path: String

  init(_ areaColumn: String, _ labelColumn: String?, _ inputs: [NamedTable], path: String) {
    self.areaColumn = areaColumn
    self.labelColumn = labelColumn
    self.inputs = inputs
    self.path = path
  }

  func finding(_ spec: FindingSpec) throws(SinkError) -> Finding {
    let table = try table(spec.from, where: spec.condition)
    let facts = Facts(
      spec: spec, table: table, row: try row(of: spec.area.text, in: table, spec),
      comparators: try comparators(spec, table),
      parts: parts(spec, table, try row(of: spec.area.text, in: table, spec)),
      rows: try spec.rows.map { rows throws(SinkError) in
        (try self.table(rows.from ?? spec.from, where: rows.condition), rows.columns.map(\.text))
      })
    let statements = try Language.allCases.map { language throws(SinkError) in
      (key: language.rawValue, value: JSON.string(try statement(facts, language)))
    }
    var members: [(key: String, value: JSON)] = [
      ("id", .string(spec.id)), ("metric", .string(spec.metric)), ("level", .string(spec.level)),
      ("area", area(spec.area.text, table, facts.row)), ("period", .string(spec.period)),
    ]
    members += value(spec.value.text, table, facts.row)
    members.append(("unit", .string(unit(facts))))
    members.append(("comparators", .array(facts.comparators.map { comparator($0, facts) })))
    if !facts.parts.isEmpty { members.append(("parts", .array(facts.parts.map { $0.json }))) }
    if let (rows, columns) = facts.rows { members.append(("rows", self.rows(rows, columns))) }
    if let definition = spec.definition {
      members.append(("definition", .object([("nl", .string(definition.nl)), ("en", .string(definition.en))])))
    }
    members.append(("statement", .object(statements)))
    return Finding(json: .object(members), english: try statement(facts, .en))
  }

  private struct Facts {
    var spec: FindingSpec
    var table: Table
    var row: Int
    var comparators: [(code: String, row: Int)]
    var parts: [Part]
    var rows: (Table, [String])?
  }

  private struct Part {
    var column: String
    var names: Bilingual
    var value: Double

    var json: JSON {
      .object([
        ("column", .string(column)), ("name", .object([("nl", .string(names.nl)), ("en", .string(names.en))])),
        ("value", .number(value)),
      ])
    }
  }

  // MARK: - Rows

  private func table(_ from: Located?, where condition: Expression?) throws(SinkError) -> Table {
    let input = from.flatMap { from in inputs.first { $0.name == from.text } } ?? inputs[0]
    guard let condition else { return input.table }
    do throws(TransformError) {
      guard case .bool(let keep) = try condition.evaluate(on: input.table) else { return input.table }
      return input.table.filtering(keep)
    } catch { throw SinkError(path: path, "\(condition.position): \(error)") }
  }

  private func row(of area: String, in table: Table, _ spec: FindingSpec) throws(SinkError) -> Int {
    guard let index = table.schema.index(of: areaColumn), case .string(let codes) = table.columns[index] else {
      throw SinkError(path: path, "finding \(spec.id): \"\(areaColumn)\" must be text")
    }
    let found = (0..<table.rowCount).filter { codes[$0] == area }
    guard found.count == 1 else {
      let isFilteredOut = found.isEmpty && codes.dictionary.code(of: area) != nil
      let hint =
        isFilteredOut
        ? "; the area is in the table, but not where the finding's \"where\" holds"
        : found.isEmpty ? didYouMean(area, among: codes.dictionary.strings) : "; narrow it down with \"where\""
      throw SinkError(
        path: path,
        "finding \(spec.id) (\(spec.area.position)): \(found.count) rows for area \"\(area)\", expected one\(hint)")
    }
    return found[0]
  }

  private func comparators(_ spec: FindingSpec, _ table: Table) throws(SinkError) -> [(code: String, row: Int)] {
    var list: [(code: String, row: Int)] = []
    for code in spec.comparators { list.append((code.text, try row(of: code.text, in: table, spec))) }
    return list
  }

  private func parts(_ spec: FindingSpec, _ table: Table, _ row: Int) -> [Part] {
    spec.parts.entries.compactMap { entry in
      number(entry.key, table, row).map { Part(column: entry.key, names: entry.value, value: $0) }
    }.enumerated().sorted { a, b in
      a.element.value.magnitude != b.element.value.magnitude
        ? a.element.value.magnitude > b.element.value.magnitude : a.offset < b.offset
    }.map(\.element)
  }

  // MARK: - Cells

  private func column(_ name: String, _ table: Table) -> Column? {
    table.schema.index(of: name).map { table.columns[$0] }
  }

  private func number(_ name: String, _ table: Table, _ row: Int) -> Double? {
    guard let column = column(name, table), column.missingReason(at: row) == nil else { return nil }
    switch column {
    case .float64(let c): return c.values[row]
    case .int64(let c): return Double(c.values[row])
    default: return nil
    }
  }

  private func value(_ name: String, _ table: Table, _ row: Int) -> [(key: String, value: JSON)] {
    guard let column = column(name, table) else { return [("value", .null)] }
    let value = (key: "value", value: column.json(at: row))
    return column.missingReason(at: row).map { [value, ("status", .string($0.label))] } ?? [value]
  }

  private func unit(_ facts: Facts) -> String {
    facts.spec.unit ?? facts.table.schema[facts.spec.value.text]?.unit ?? ""
  }

  private func label(_ table: Table, _ row: Int) -> String? {
    guard let labelColumn, case .string(let labels)? = column(labelColumn, table) else { return nil }
    return labels[row]
  }

  private func area(_ code: String, _ table: Table, _ row: Int) -> JSON {
    .object([("code", .string(code))] + (label(table, row).map { [("label", .string($0))] } ?? []))
  }

  private func comparator(_ comparator: (code: String, row: Int), _ facts: Facts) -> JSON {
    var members: [(key: String, value: JSON)] = [("area", area(comparator.code, facts.table, comparator.row))]
    members += value(facts.spec.value.text, facts.table, comparator.row)
    if let own = number(facts.spec.value.text, facts.table, facts.row),
      let other = number(facts.spec.value.text, facts.table, comparator.row)
    {
      members.append(("difference", .number(own - other)))
    }
    return .object(members)
  }

  private func rows(_ table: Table, _ columns: [String]) -> JSON {
    .array(
      (0..<table.rowCount).map { row in
        var members: [(key: String, value: JSON)] = []
        for name in columns {
          guard let column = column(name, table) else { continue }
          members.append((name, column.json(at: row)))
          if let reason = column.missingReason(at: row) { members.append((name + "_status", .string(reason.label))) }
        }
        return .object(members)
      })
  }

  // MARK: - Statements

  private func statement(_ facts: Facts, _ language: Language) throws(SinkError) -> String {
    let isAbsent = column(facts.spec.value.text, facts.table)?.missingReason(at: facts.row) != nil
    let both = (isAbsent ? facts.spec.absent : nil) ?? facts.spec.statement
    let text = language == .nl ? both.nl : both.en
    let pieces: [Statement.Piece]
    do throws(SpecError) { pieces = try Statement(text, of: facts.spec).pieces } catch {
      throw SinkError(path: path, error.description)
    }
    var result = ""
    for piece in pieces {
      switch piece {
      case .text(let text): result += text
      case .cell(let column, let area, let decimals):
        let row = try area.map { area throws(SinkError) in try self.row(of: area, in: facts.table, facts.spec) }
        result += cell(column, facts.table, row ?? facts.row, decimals, language)
      case .word(let word): result += self.word(word, facts, language)
      }
    }
    return result
  }

  private func cell(_ name: String, _ table: Table, _ row: Int, _ decimals: Int?, _ language: Language) -> String {
    guard let column = column(name, table) else { return "" }
    if let reason = column.missingReason(at: row) { return "\(language.unknown) (\(reason.label))" }
    if let value = number(name, table, row) {
      let own = column.type == .int64 || value == value.rounded() ? 0 : 1
      return language.number(value, decimals: decimals ?? table.schema[name]?.decimals ?? own)
    }
    return column.text(at: row) ?? ""
  }

  private func word(_ word: String, _ facts: Facts, _ language: Language) -> String {
    switch word {
    case "area": return label(facts.table, facts.row) ?? facts.spec.area.text
    case "period": return facts.spec.period
    case "unit": return unit(facts)
    case "rows.count": return language.number(Double(facts.rows?.0.rowCount ?? 0), decimals: 0)
    case "rows": return list(rowNames(facts), language)
    default:
      return list(
        facts.parts.map { part in
          let sign = part.value > 0 ? "+" : ""
          return (language == .nl ? part.names.nl : part.names.en) + " " + sign
            + language.number(part.value, decimals: 1)
        }, language)
    }
  }

  private func rowNames(_ facts: Facts) -> [String] {
    guard let (table, columns) = facts.rows, let first = columns.first, let column = column(first, table) else {
      return []
    }
    return (0..<table.rowCount).map { row in
      let name = column.text(at: row) ?? "?"
      let reason = columns.dropFirst().lazy.compactMap { self.column($0, table)?.missingReason(at: row) }.first
      return reason.map { "\(name) (\($0.label))" } ?? name
    }
  }

  /// At most twelve words, and how many are left out.
  private func list(_ words: [String], _ language: Language) -> String {
    if words.isEmpty { return language.none }
    let shown = words.prefix(12).joined(separator: ", ")
    return words.count > 12 ? "\(shown) \(language.more) \(words.count - 12)\(language.others)" : shown
  }
}

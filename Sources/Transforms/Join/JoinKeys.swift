import PipelineKit
import Tabular

/// The key columns of a join: `[year, code]`, or `{code: region}` when the sides name them differently.
struct JoinKeys: OptionValue {
  /// A column of the left side and its counterpart on the right.
  var pairs: [(left: Located, right: Located)] = []
  /// Where the option stands.
  var position = SourcePosition(file: "")

  init() {}

  static var optionType: OptionType { .anyOf([.list(.column), .map(.column)]) }

  init(option node: SpecNode) throws(SpecError) {
    position = node.position
    if let entries = node.entries {
      for entry in entries {
        pairs.append((Located(entry.key, at: entry.position), try Located(option: entry.value)))
      }
    } else {
      for element in try node.elements("a list of columns, or a mapping of left columns to right columns") {
        let column = try Located(option: element)
        pairs.append((column, column))
      }
    }
  }
}

/// One output column of a join and what it is made of.
struct JoinPart {
  var name: String
  /// The column of the left table, if it takes part.
  var left: Int?
  /// The column of the right table, if it takes part.
  var right: Int?
  /// Whether it is a key: equal on both sides where both have the row.
  var isKey = false
  /// Whether the right value comes first in a column made of two.
  var prefersRight = false
  /// Whether the name has the suffix.
  var isSuffixed = false
}

extension Join {
  /// The output columns in order: those of the left table, then those that the right table adds.
  func layout(_ left: Schema, _ right: Schema) -> [JoinPart] {
    let pairs = options.on.pairs
    let prefers = options.overlap == .preferLeft || options.overlap == .preferRight
    var parts: [JoinPart] = []
    for (i, field) in left.fields.enumerated() {
      var part = JoinPart(name: field.name, left: i)
      if let pair = pairs.first(where: { $0.left.text == field.name }) {
        part.right = right.index(of: pair.right.text)
        part.isKey = true
      } else if prefers, !isRightKey(field.name) {
        part.right = right.index(of: field.name)
        part.prefersRight = options.overlap == .preferRight
      }
      parts.append(part)
    }
    for (j, field) in right.fields.enumerated() where !isRightKey(field.name) {
      let isShared = left.index(of: field.name) != nil
      if isShared && prefers { continue }
      let isSuffixed = isShared && options.overlap == .suffix
      parts.append(
        JoinPart(name: isSuffixed ? field.name + options.suffix : field.name, right: j, isSuffixed: isSuffixed))
    }
    return parts
  }

  /// The description of an output column.
  func field(_ part: JoinPart, _ left: Schema, _ right: Schema) -> Field {
    guard let i = part.left else {
      var field = part.right.map { right[$0] } ?? Field(part.name, .string)
      field.name = part.name
      return field
    }
    guard let j = part.right, !part.isKey || options.kind == .full else { return left[i] }
    var field = left[i]
    let other = right[j]
    field.type = ColumnType.common(field.type, other.type) ?? field.type
    field.origins = Field.mergeOrigins([field.origins, other.origins])
    if field.unit.isEmpty { field.unit = other.unit }
    if field.label.isEmpty { field.label = other.label }
    field.direction = field.direction ?? other.direction
    if let decimals = other.decimals { field.decimals = max(field.decimals ?? decimals, decimals) }
    return field
  }

  /// Refuses columns that both sides have and that the options cannot bring together.
  func checkOverlap(_ left: Schema, _ right: Schema) throws(SpecError) {
    let shared = right.names.filter { !isRightKey($0) && left.index(of: $0) != nil }
    guard !shared.isEmpty else { return }
    let quoted = shared.map { "\"\($0)\"" }.joined(separator: ", ")
    switch options.overlap {
    case .error:
      throw SpecError(
        options.on.position,
        "both sides have the \(shared.count == 1 ? "column" : "columns") \(quoted); say what to do with "
          + "\"overlap: suffix\", \"overlap: prefer_right\" or \"overlap: prefer_left\", or select columns before the join"
      )
    case .suffix:
      for name in shared
      where left.index(of: name + options.suffix) != nil || right.index(of: name + options.suffix) != nil {
        throw SpecError(
          options.on.position,
          "the column \"\(name)\" of the right table cannot become \"\(name)\(options.suffix)\": "
            + "that name is taken; choose another \"suffix\"")
      }
    case .preferLeft, .preferRight:
      for name in shared { try checkMerge(name, left, right) }
    }
  }

  private func checkMerge(_ name: String, _ left: Schema, _ right: Schema) throws(SpecError) {
    guard let l = left[name], let r = right[name] else { return }
    if let pair = options.on.pairs.first(where: { $0.left.text == name }) {
      throw SpecError(
        pair.left.position,
        "\"\(name)\" is a key on the left and another column on the right; rename one of them before the join")
    }
    guard ColumnType.common(l.type, r.type) != nil else {
      throw SpecError(
        options.on.position,
        "\"\(name)\" is \(l.type.rawValue) on the left and \(r.type.rawValue) on the right and cannot be one column; "
          + "derive one of them as the other's type, or say \"overlap: suffix\"")
    }
    if !l.unit.isEmpty, !r.unit.isEmpty, l.unit != r.unit {
      throw SpecError(
        options.on.position,
        "\"\(name)\" is in \"\(l.unit)\" on the left and in \"\(r.unit)\" on the right and cannot be one column; "
          + "derive one of them in the other's unit, or say \"overlap: suffix\"")
    }
  }

  private func isRightKey(_ name: String) -> Bool { options.on.pairs.contains { $0.right.text == name } }
}

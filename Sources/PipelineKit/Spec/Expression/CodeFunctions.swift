import Tabular

extension ExpressionFunction {
  /// The type of a function that reads a code.
  var codeResult: ColumnType {
    switch self {
    case .periodYear, .periodNumber: .int64
    case .periodStart: .date
    default: .string
    }
  }
}

extension ExpressionTyping {
  /// Checks a function of codes: the code is text, or a whole number that was one; the level is written out.
  func code(_ function: ExpressionFunction, _ node: ExpressionNode) throws(SpecError) -> ColumnType {
    let arguments = node.children
    if let type = try type(of: arguments[0]), type != .string, type != .int64 {
      throw place.error(
        arguments[0].offset, "\(function.rawValue) needs a code as text or a whole number, found \(type.expressionWord)"
      )
    }
    if arguments.count > 1 {
      let levels = RegionCode.Level.allCases.map(\.rawValue)
      guard case .text(let word) = arguments[1].kind else {
        throw place.error(
          arguments[1].offset, "the level of \(function.rawValue) is one of the texts \(levels.joined(separator: ", "))"
        )
      }
      guard levels.contains(word) else {
        throw place.error(arguments[1].offset, "no level '\(word)' of areas" + didYouMean(word, among: levels))
      }
    }
    return function.codeResult
  }
}

extension ExpressionEvaluator {
  /// A function of codes, worked out once for each distinct code.
  func code(_ function: ExpressionFunction, _ codes: StringColumn, level: RegionCode.Level?) -> Column {
    switch function {
    case .regionLevel: return .string(region(codes) { .value($0.level.rawValue) })
    case .regionCode:
      return .string(
        Text.texts(of: codes) { RegionCode($0, level: level).map { .value($0.description) } ?? .missing(.rejected) })
    case .regionParent:
      return .string(
        region(codes) { code in
          level.flatMap { code.parent($0) }.map { .value($0.description) } ?? .missing(.undefined)
        })
    case .periodYear:
      return .int64(Text.integers(of: codes) { PeriodCode($0).year.map { .value(Int64($0)) } ?? .missing(.undefined) })
    case .periodNumber: return .int64(Text.integers(of: codes) { .value(Int64(PeriodCode($0).number)) })
    case .periodStart:
      return .date(Text.days(of: codes) { PeriodCode($0).start.map { .value($0) } ?? .missing(.undefined) })
    case .periodType: return .string(Text.texts(of: codes) { .value(PeriodCode($0).kind.rawValue) })
    case .periodStatus: return .string(Text.texts(of: codes) { .value(PeriodCode($0).status.rawValue) })
    default: return .string(Text.texts(of: codes) { .value(PeriodCode($0).description) })
    }
  }

  private func region(_ codes: StringColumn, _ use: (RegionCode) -> TextResult<String>) -> StringColumn {
    Text.texts(of: codes) { RegionCode($0).map(use) ?? .missing(.rejected) }
  }
}

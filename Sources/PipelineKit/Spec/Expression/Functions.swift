/// A function that works row by row.
enum ExpressionFunction: String, Sendable, CaseIterable {
  case abs, min, max, round, floor, ceil, sqrt, ln, log10, exp, power
  case `if`, missing, coalesce, reason
  case missingAs = "missing_as"
  case concat, substring
  case startsWith = "starts_with"
  case endsWith = "ends_with"
  case contains, trim, upper, lower, length, text, number, integer, year
  case regionCode = "region_code"
  case regionLevel = "region_level"
  case regionParent = "region_parent"
  case periodCode = "period_code"
  case periodYear = "period_year"
  case periodType = "period_type"
  case periodNumber = "period_number"
  case periodStart = "period_start"
  case periodStatus = "period_status"

  /// How many arguments it takes.
  var arity: ClosedRange<Int> {
    switch self {
    case .min, .max: 2...Int.max
    case .coalesce, .concat: 1...Int.max
    case .if: 3...3
    case .round, .regionCode: 1...2
    case .substring: 2...3
    case .power, .startsWith, .endsWith, .contains, .missingAs, .regionParent: 2...2
    default: 1...1
    }
  }

  /// How to write it.
  var signature: String {
    switch self {
    case .min, .max, .concat, .coalesce: "\(rawValue)(a, b, ...)"
    case .if: "if(condition, a, b)"
    case .round: "round(x, decimals)"
    case .power: "power(x, y)"
    case .substring: "substring(text, start, length)"
    case .startsWith, .endsWith, .contains: "\(rawValue)(text, part)"
    case .missingAs: "missing_as(x, 'reason')"
    case .trim, .upper, .lower, .length: "\(rawValue)(text)"
    case .year: "year(date)"
    case .regionCode: "region_code(text, 'level')"
    case .regionParent: "region_parent(code, 'level')"
    case .regionLevel: "region_level(code)"
    case .periodCode, .periodYear, .periodType, .periodNumber, .periodStart, .periodStatus: "\(rawValue)(period)"
    default: "\(rawValue)(x)"
    }
  }

  /// What it gives, in a sentence.
  var summary: String {
    switch self {
    case .abs: "The number without its sign."
    case .min: "The smallest of the numbers in the row."
    case .max: "The largest of the numbers in the row."
    case .round: "Rounded to so many decimals (0 when left out), halves away from zero."
    case .floor: "The next whole number down."
    case .ceil: "The next whole number up."
    case .sqrt: "The square root; of a negative number: undefined."
    case .ln: "The natural logarithm; of zero or less: undefined."
    case .log10: "The logarithm with base 10; of zero or less: undefined."
    case .exp: "e to the power x."
    case .power: "x to the power y, as x ^ y."
    case .if: "a where the condition is true, b where it is false, missing where it is missing."
    case .missing: "Whether there is no value; never missing itself."
    case .coalesce: "The first of the values that is present."
    case .reason: "Why there is no value, as a word; empty text where there is one."
    case .missingAs: "x, with another reason where it is missing."
    case .concat: "The texts one after the other."
    case .substring: "So many characters from the start-th on (1 is the first); to the end without a length."
    case .startsWith: "Whether the text begins with the part."
    case .endsWith: "Whether the text ends with the part."
    case .contains: "Whether the part occurs in the text."
    case .trim: "The text without blanks at its ends."
    case .upper: "The text in capitals."
    case .lower: "The text in small letters."
    case .length: "The number of characters."
    case .text: "The value as text, with a decimal point."
    case .number: "The text as a number with a decimal point; rejected when it is none."
    case .integer: "The whole part of the number; of a text, the whole number it states, or else rejected."
    case .year: "The calendar year of the date."
    case .regionCode:
      "The code of an area with its letters, all its zeros and no blanks: 141 as a 'gemeente' is GM0141, NL01 is NL00; "
        + "without a level the text must have letters. Rejected when it is no such code."
    case .regionLevel:
      "The level of an area: " + RegionCode.Level.allCases.map(\.rawValue).joined(separator: ", ")
        + "; rejected when it is no code."
    case .regionParent:
      "The area of that level around a buurt, wijk or gemeente, as its code tells; undefined when it does not."
    case .periodCode:
      "The period as CBS writes it: 2022* is 2022JJ00, 2015/2016 is 2015SJ00; unknown kinds stay as text."
    case .periodYear: "The calendar year in which the period starts; undefined when its text does not tell."
    case .periodType: "The kind of period: " + PeriodCode.Kind.allCases.map(\.rawValue).joined(separator: ", ") + "."
    case .periodNumber: "Which quarter, month or week of the year; month * 100 + day for a day; 0 for the others."
    case .periodStart: "The first day of the period; undefined when its text does not tell."
    case .periodStatus: "final, or provisional or revised_provisional for a period with one star or two."
    }
  }
}

/// A function over the rows of a group.
enum AggregateFunction: String, Sendable, CaseIterable {
  case count
  case countIf = "count_if"
  case countDistinct = "count_distinct"
  case sum, mean
  case weightedMean = "weighted_mean"
  case sd
  case sdPopulation = "sd_population"
  case min, max, median, quantile, first, last
  case shareIf = "share_if"
  case any, all

  /// How many arguments it takes.
  var arity: ClosedRange<Int> {
    switch self {
    case .count: 0...1
    case .weightedMean, .quantile: 2...2
    default: 1...1
    }
  }

  /// How to write it.
  var signature: String {
    switch self {
    case .count: "count() or count(x)"
    case .weightedMean: "weighted_mean(x, weight)"
    case .quantile: "quantile(x, q)"
    case .countIf, .shareIf, .any, .all: "\(rawValue)(condition)"
    default: "\(rawValue)(x)"
    }
  }

  /// What it gives, in a sentence.
  var summary: String {
    switch self {
    case .count: "The number of rows; of x: of rows in which x has a value."
    case .countIf: "The number of rows in which the condition is true."
    case .countDistinct: "The number of different values."
    case .sum: "The sum."
    case .mean: "The mean."
    case .weightedMean: "sum(x * weight) / sum(weight), over the rows in which both have a value."
    case .sd: "The standard deviation with n - 1."
    case .sdPopulation: "The standard deviation with n."
    case .min: "The smallest value."
    case .max: "The largest value."
    case .median: "The middle value."
    case .quantile: "The value below which the share q lies (type 7: linear between order statistics)."
    case .first: "The first value, in row order."
    case .last: "The last value, in row order."
    case .shareIf: "The share of rows in which the condition is true, among those in which it is true or false."
    case .any: "Whether the condition is true in any row."
    case .all: "Whether the condition is true in all rows."
    }
  }
}

/// One function of the expression language, for documentation.
public struct FunctionDescription: Sendable, Equatable {
  /// How to write it.
  public var signature: String
  /// What it gives, in a sentence.
  public var summary: String
}

extension Expression {
  /// The functions that work row by row, in the order in which documentation lists them.
  public static var functions: [FunctionDescription] {
    ExpressionFunction.allCases.map { FunctionDescription(signature: $0.signature, summary: $0.summary) }
  }
}

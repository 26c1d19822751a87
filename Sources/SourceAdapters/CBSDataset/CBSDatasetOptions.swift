public import PipelineKit
import Tabular

/// Which of CBS's two forms of a data set a file is: it decides what an empty cell means.
public enum CBSDatasetForm: String, OptionChoice {
  /// Found out from the content.
  case auto
  /// `TypedDataSet`: CBS has folded "unknown" and "cannot occur" into one null.
  case typed
  /// `UntypedDataSet`: numbers as text of eight characters; `.` is unknown, empty cannot occur.
  case untyped

  /// Why an empty cell of this form holds no value.
  var emptyReason: MissingReason { self == .untyped ? .notApplicable : .unspecified }
}

/// The reasons for which a marker in a source file can stand.
public enum MarkerReason: String, OptionChoice {
  /// The cell cannot occur.
  case notApplicable = "not_applicable"
  /// Unknown, not reliable enough or secret.
  case unknown
  /// No reason is given.
  case unspecified
  /// Withheld to protect persons or firms.
  case suppressed
  /// Not asked or not published in this period.
  case notAsked = "not_asked"

  /// The reason as columns hold it.
  var reason: MissingReason {
    switch self {
    case .notApplicable: .notApplicable
    case .unknown: .unknown
    case .unspecified: .unspecified
    case .suppressed: .suppressed
    case .notAsked: .notAsked
    }
  }
}

/// The types that a source column can be given.
public enum SourceColumnType: String, OptionChoice {
  /// Text.
  case string
  /// Double precision numbers.
  case float64
  /// 64-bit integers.
  case int64

  /// The type as columns have it.
  var type: ColumnType {
    switch self {
    case .string: .string
    case .float64: .float64
    case .int64: .int64
    }
  }
}

/// The byte between the whole part of a number and its fraction.
public enum DecimalMark: String, OptionChoice {
  /// `12.5`.
  case point = "."
  /// `12,5`.
  case comma = ","

  var byte: UInt8 { self == .point ? UInt8(ascii: ".") : UInt8(ascii: ",") }
}

/// One ASCII character as an option.
public struct CharacterOption: OptionValue, Equatable {
  /// The character; 0 stands for none.
  public var byte: UInt8
  /// Where the option stands, or nil for a default.
  public var position: SourcePosition?

  /// A default.
  public init(_ byte: UInt8) { self.byte = byte }

  /// A text of one character.
  public static var optionType: OptionType { .string }

  /// One ASCII character; `tab` or `\t` stand for a tab.
  public init(option node: SpecNode) throws(SpecError) {
    let text = try node.text("one character")
    position = node.position
    if text == "tab" || text == "\\t" {
      byte = 0x09
    } else if let only = text.utf8.first, text.utf8.count == 1, only >= 0x20 || only == 0x09, only < 0x7F {
      byte = only
    } else {
      throw SpecError(node.position, "expected one character such as \";\", or tab, found \"\(text)\"")
    }
  }

  /// The character in quotes.
  public var optionText: String? {
    switch byte {
    case 0: nil
    case 0x09: "tab"
    default: "\"\(Character(UnicodeScalar(byte)))\""
    }
  }
}

extension OrderedMap<MarkerReason> {
  /// The texts that stand for a missing value: CBS's `.`, and those of the option; an option for `.` wins.
  var markers: [CellDialect.Marker] {
    var list = entries.filter { !$0.key.isEmpty }.map { CellDialect.Marker($0.key, $0.value.reason) }
    if self["."] == nil { list.append(CellDialect.Marker(".", .unknown)) }
    return list
  }

  /// Why an empty cell holds no value in a data set of `form`: the option's entry for `""`, or what the form says.
  func emptyReason(_ form: CBSDatasetForm) -> MissingReason { self[""]?.reason ?? form.emptyReason }
}

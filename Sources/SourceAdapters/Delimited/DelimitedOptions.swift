public import PipelineKit
import Tabular

/// Whether the first record of a table holds the names of its columns.
public enum HeaderChoice: String, OptionChoice {
  /// Found out from the content.
  case auto
  /// It does.
  case present = "true"
  /// It does not: columns are called `column_1`, `column_2`, or by the option `names`.
  case absent = "false"
}

extension Delimited {
  /// What the pipeline file says about it.
  public struct Options: PluginOptions {
    /// The byte between fields; 0 for what the content shows.
    public var separator = CharacterOption(0)
    /// The byte around fields.
    public var quote = CharacterOption(UInt8(ascii: "\""))
    /// Whether fields may be quoted at all.
    public var isQuoted = true
    /// The byte before a fraction; nil for what the content shows.
    public var decimalMark: DecimalMark?
    /// The byte between groups of three digits.
    public var groupingMark = CharacterOption(0)
    /// Whether there is a header.
    public var header = HeaderChoice.auto
    /// The names of the columns.
    public var names: [String] = []
    /// Lines above the table; nil for what the content shows.
    public var skipLines: Int?
    /// The start of a comment.
    public var comment = ""
    /// The start of the record that ends the data.
    public var footer = ""
    /// The encoding.
    public var encoding = TextEncoding.auto
    /// Texts that stand for a missing value.
    public var markers = OrderedMap<MarkerReason>()
    /// Texts that stand for a missing value in one column.
    public var columnMarkers = OrderedMap<OrderedMap<MarkerReason>>()
    /// Columns with cells such as `<5`.
    public var intervals: [String] = []
    /// Whether blanks around text are cut off.
    public var trim = true
    /// Types by column.
    public var types = OrderedMap<SourceColumnType>()

    /// Everything from the content.
    public init() {}

    /// The options, as documentation lists them.
    public static var declaration: [OptionField<Self>] {
      [
        .init(
          "separator", \.separator,
          "The character between fields; `tab` stands for a tab. Without it, the one of `;`, tab, `,` and `|` that makes the "
            + "most even table."),
        .init("quote", \.quote, "The character around fields that hold separators, line ends or quotes."),
        .init("quoted", \.isQuoted, "Whether fields may be quoted; false takes quotes as text."),
        .init(
          "decimal_mark", \.decimalMark,
          "The character between the whole part of a number and its fraction; without it, the one with which more cells of "
            + "the head read as numbers."),
        .init(
          "grouping_mark", \.groupingMark,
          "The character between groups of three digits, as in 1.234.567; without it digits must not be grouped."),
        .init("header", \.header, "Whether the table's first record holds the names of its columns."),
        .init("names", \.names, "The names of the columns, in place of those in the file."),
        .init(
          "skip_lines", \.skipLines,
          "How many lines stand above the table; without it, those before the first record that has as many fields as most."
        ),
        .init("comment", \.comment, "A line that starts with this text is passed over."),
        .init("footer", \.footer, "A record whose first field starts with this text ends the data."),
        .init("encoding", \.encoding, "How the characters are written."),
        .init(
          "markers", \.markers,
          "Texts that stand for a missing value and the reason of each: `{\"-99999999\": unspecified, x: suppressed}`. An entry "
            + "for \"\" says what an empty cell means."),
        .init(
          "column_markers", \.columnMarkers,
          "The same for single columns of numbers: `{distance_km: {\"-1\": unknown}}`."),
        .init(
          "intervals", \.intervals,
          "Columns of numbers in which cells such as `<5` state an interval: see below."),
        .init("trim", \.trim, "Whether blanks around texts are cut off."),
        .init("types", \.types, "The type of a column, where the rules for names and content find another."),
      ]
    }
  }
}

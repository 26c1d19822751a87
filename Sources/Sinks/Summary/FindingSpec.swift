public import PipelineKit
import Tabular

/// A text in Dutch and in English.
public struct Bilingual: PluginOptions {
  var nl = ""
  var en = ""

  /// No text.
  public init() {}

  /// The two languages.
  public static var declaration: [OptionField<Self>] {
    [
      .init("nl", \.nl, required: true, "The text in Dutch."),
      .init("en", \.en, required: true, "The text in English."),
    ]
  }
}

/// Rows that a finding names: the areas that got worse, those without a score.
struct RowsSpec: PluginOptions {
  var from: Located?
  var condition: Expression?
  var columns: [Located] = []

  static var declaration: [OptionField<Self>] {
    [
      .init("from", \.from, "The table; without it the finding's own."),
      .init("where", \.condition, "Which rows."),
      .init(
        "columns", \.columns, required: true,
        "The columns to show; the first one names the row in statements, with the reason when another is missing."),
    ]
  }
}

/// One finding as the pipeline file declares it.
public struct FindingSpec: PluginOptions {
  var id = ""
  var metric = ""
  var from: Located?
  var condition: Expression?
  var level = ""
  var area = Located("", at: SourcePosition(file: ""))
  var period = ""
  var value = Located("", at: SourcePosition(file: ""))
  var unit: String?
  var comparators: [Located] = []
  var parts = OrderedMap<Bilingual>()
  var rows: RowsSpec?
  var definition: Bilingual?
  var statement = Bilingual()
  var absent: Bilingual?

  /// No finding.
  public init() {}

  /// The keys of a finding.
  public static var declaration: [OptionField<Self>] {
    [
      .init("id", \.id, required: true, "The finding's identifier, unique in the file."),
      .init("metric", \.metric, required: true, "What is measured, in snake_case."),
      .init("from", \.from, "The table, one of the output's inputs; without it the first."),
      .init("where", \.condition, "Which rows of the table count; one row an area must be left."),
      .init("level", \.level, required: true, "The level of the area: buurt, wijk, gemeente, land."),
      .init("area", \.area, required: true, "The code of the area that the finding is about."),
      .init("period", \.period, required: true, "The period or periods, as readers should see them."),
      .init("value", \.value, required: true, "The column that holds the value."),
      .init("unit", \.unit, "The unit; without it the column's."),
      .init("comparators", \.comparators, "Codes of the areas beside which the value is put."),
      .init(
        "parts", \.parts,
        "Columns that explain the value, with their names: listed with the largest first, as `{parts}` in statements."),
      .init("rows", \.rows, "Rows to name: `{rows}` is their list and `{rows.count}` their number in statements."),
      .init("definition", \.definition, "What the value means: formula, frame, who counts."),
      .init(
        "statement", \.statement, required: true,
        """
        The finding in one line. `{value}`, `{area}`, `{period}`, `{unit}`, `{parts}`, `{rows}` and `{rows.count}` are filled \
        in, `{column}` with the area's cell, `{column@GM0153}` with another area's; `{value:1}` prints one decimal.
        """),
      .init("absent", \.absent, "The finding in one line when it has no value, in place of the statement."),
    ]
  }

  /// Every text that may be filled in.
  var statements: [String] { [statement.nl, statement.en] + (absent.map { [$0.nl, $0.en] } ?? []) }
}

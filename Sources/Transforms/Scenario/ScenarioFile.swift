import PipelineKit
import Tabular

/// Levers, in a file of their own.
struct ScenarioFile: PluginOptions {
  var name = ""
  var title = ""
  var levers: [Lever] = []

  static var declaration: [OptionField<Self>] {
    [
      .init("scenario", \.name, required: true, "The scenario's name."),
      .init("title", \.title, "What it is about."),
      .init("levers", \.levers, required: true, "What is changed; each is scored by itself, and all together."),
    ]
  }

  /// One indicator changed by one rule in some areas.
  struct Lever: PluginOptions {
    var id = Located("", at: SourcePosition(file: ""))
    var indicator = Located("", at: SourcePosition(file: ""))
    var rule = Rule()
    var condition: Expression?
    var unitCost: Double?

    static var declaration: [OptionField<Self>] {
      [
        .init("id", \.id, required: true, "The lever's name, in snake_case."),
        .init("indicator", \.indicator, required: true, "The indicator that changes."),
        .init("rule", \.rule, required: true, "How it changes: one of four."),
        .init("where", \.condition, "In which of the areas scored; without it all of them."),
        .init("unit_cost", \.unitCost, "What one household costs, in euros."),
      ]
    }
  }

  /// How an indicator changes; never for the worse.
  struct Rule: PluginOptions {
    var setToMedian: Bool?
    var reduceByPercent: Double?
    var cap: Double?
    var households: Double?

    static var declaration: [OptionField<Self>] {
      [
        .init(
          "set_to_national_median", \.setToMedian, "Areas that are worse come to the median of all areas in the frame."),
        .init("reduce_by_percent", \.reduceByPercent, "So many percent lower; higher where higher is better."),
        .init("cap", \.cap, "Not above this value; not below it where higher is better."),
        .init(
          "households", \.households, "So many households in each area no longer count; for a percentage of households."
        ),
      ]
    }

    var count: Int {
      (setToMedian == true ? 1 : 0) + [reduceByPercent, cap, households].count { $0 != nil }
    }

    var text: String {
      if let reduceByPercent { return "reduce_by_percent \(reduceByPercent.optionText ?? "")" }
      if let cap { return "cap \(cap.optionText ?? "")" }
      if let households { return "households \(households.optionText ?? "")" }
      return "set_to_national_median"
    }

    /// The value under the rule, on the side of the better.
    func apply(_ value: Double, median: Double?, households count: Double?, isWorse: Bool) -> Double {
      func better(_ wanted: Double) -> Double { isWorse ? min(value, wanted) : max(value, wanted) }
      if let reduceByPercent { return better(value * (1 + (isWorse ? -1 : 1) * reduceByPercent / 100)) }
      if let cap { return better(cap) }
      if let households {
        guard let count, count > 0 else { return value }
        let share = 100 * households / count
        return isWorse ? max(min(value, 0), value - share) : min(max(value, 100), value + share)
      }
      return median.map(better) ?? value
    }
  }

  /// Reads a scenario and checks it against the profile.
  init(path: SpecPath, profile: Profile, hasHouseholds: Bool, context: RunContext) throws(SpecError) {
    let text: String
    do throws(SourceError) { text = try context.text(path.path) } catch {
      throw SpecError(path.position, "the scenario \(error)")
    }
    try self.init(option: try SpecParser.nodes(text, file: path.path))
    let names = profile.domains.flatMap(\.indicators).map(\.column.text)
    var ids: Set<String> = ["all"]
    for lever in levers {
      guard ids.insert(lever.id.text).inserted else {
        throw SpecError(lever.id.position, "the lever \"\(lever.id)\" is named twice; \"all\" is all of them together")
      }
      guard names.contains(lever.indicator.text) else {
        throw SpecError(
          lever.indicator.position,
          "\"\(lever.indicator)\" is no indicator of the profile" + didYouMean(lever.indicator.text, among: names))
      }
      guard lever.rule.count == 1 else {
        throw SpecError(
          lever.id.position,
          "the lever \"\(lever.id)\" has \(lever.rule.count) rules, expected one: "
            + "set_to_national_median, reduce_by_percent, cap or households")
      }
      let numbers = [lever.rule.reduceByPercent, lever.rule.cap, lever.rule.households, lever.unitCost]
      guard numbers.allSatisfy({ $0.map { $0 >= 0 && $0.isFinite } ?? true }) else {
        throw SpecError(lever.id.position, "the numbers of the lever \"\(lever.id)\" must be 0 or more")
      }
      if !hasHouseholds, lever.rule.households != nil || lever.unitCost != nil {
        throw SpecError(
          lever.id.position, "the lever \"\(lever.id)\" counts households; the step needs \"households\": their column")
      }
    }
  }

  init() {}
}

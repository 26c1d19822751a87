import PipelineKit
import Tabular

extension Compose {
  /// The fields of the columns asked for, in the order of `Part`.
  func newFields(_ input: Schema) -> [Field] {
    var fields: [Field] = []
    func origins(_ domains: [Profile.Domain]) -> [Origin] {
      let columns = domains.flatMap(\.indicators).map(\.column) + [options.population?.column].compactMap { $0 }
      return Field.mergeOrigins(columns.compactMap { input[$0.text]?.origins })
    }
    func add(_ part: Part, _ name: String, _ label: String, _ domains: [Profile.Domain]) {
      let unit: String =
        switch part {
        case .rank, .domainRanks: "rank"
        case .decile: "decile"
        case .score, .domainScores, .contributions, .indicatorContributions: "points"
        }
      fields.append(
        Field(
          name, part.isWhole ? .int64 : .float64, unit: unit, label: label,
          direction: part.isWhole ? .higherIsBetter : .higherIsWorse, decimals: part.isWhole ? 0 : 1,
          origins: origins(domains)))
    }
    let title = profile.title.isEmpty ? name : profile.title
    for part in Part.allCases where options.outputs.contains(part) {
      switch part {
      case .score: add(part, name, title, profile.domains)
      case .rank: add(part, name + "_rank", "\(title), rank (1 = most deprived)", profile.domains)
      case .decile: add(part, name + "_decile", "\(title), tenth (1 = most deprived)", profile.domains)
      case .domainScores:
        for domain in profile.domains { add(part, "\(name)_\(domain.id)", domain.title, [domain]) }
      case .domainRanks:
        for domain in profile.domains {
          add(part, "\(name)_\(domain.id)_rank", "\(domain.title), rank (1 = most deprived)", [domain])
        }
      case .contributions:
        for domain in profile.domains {
          add(part, "\(name)_contribution_\(domain.id)", "\(title), from: \(domain.title)", [domain])
        }
      case .indicatorContributions:
        for domain in profile.domains {
          for indicator in domain.indicators {
            let label = input[indicator.column.text]?.label ?? ""
            add(
              part, "\(name)_contribution_\(domain.id)_\(indicator.column)",
              "\(title), from: \(label.isEmpty ? indicator.column.text : label)", [domain])
          }
        }
      }
    }
    return fields
  }
}

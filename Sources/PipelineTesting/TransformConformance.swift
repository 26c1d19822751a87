public import PipelineKit
public import Tabular

/// The contract of transforms, checked on given inputs. One call in a transform's test:
///
/// ```swift
/// #expect(TransformConformance(Rank.self, options: "{column: x, into: rank}", inputs: [table]).violations() == [])
/// ```
///
/// What is checked: the table is what the schema promised; the same inputs give the same table; each column comes out the
/// same from the columns that `neededColumns` asks for; inputs without rows are taken; rows of a row-level transform do
/// not depend on each other; rows that are folded give the same table; the result holds no cell that breaks a column's invariants.
public struct TransformConformance<Step: Transform>: Sendable {
  private let options: String
  private let inputs: [Table]

  /// A trial of `transform` with options as YAML on `inputs`.
  public init(_ transform: Step.Type, options: String, inputs: [Table]) {
    self.options = options
    self.inputs = inputs
  }

  /// What the transform does against its contract, a sentence each; empty when all is well.
  public func violations() -> [String] {
    do {
      guard Step.inputCount.contains(inputs.count) else { return ["it does not take \(inputs.count) inputs"] }
      let node = try SpecParser.nodes(options, file: "options")
      let step = try Step(options: Step.Options(option: node), context: RunContext(stage: "conformance"))
      let promised = try step.outputSchema(for: inputs.map(\.schema))
      let output = try step.apply(inputs, context: RunContext(stage: "conformance"))
      for column in output.columns { column.checkInvariants() }
      var found: [String] = []
      if output.schema != promised { found.append("the table has another schema than outputSchema promised") }
      if try step.apply(inputs, context: RunContext(stage: "conformance")) != output {
        found.append("the same inputs give another table the second time")
      }
      found += try selections(step, output)
      let empty = try step.apply(inputs.map { Table(empty: $0.schema) }, context: RunContext(stage: "conformance"))
      if empty.schema != promised { found.append("inputs without rows give another schema") }
      if step.isRowLevel { found += try rows(step, output) }
      if let step = step as? any FoldingTransform { found += try folds(step, output) }
      return found
    } catch { return ["\(error)"] }
  }

  private func selections(_ step: Step, _ output: Table) throws -> [String] {
    var found: [String] = []
    for (index, name) in output.schema.names.enumerated() {
      let needed = step.neededColumns([name], inputs: inputs.map(\.schema))
      var pruned: [Table] = []
      for (table, columns) in zip(inputs, needed) {
        guard let columns else {
          pruned.append(table)
          continue
        }
        for column in columns where table.schema[column] == nil {
          found.append("neededColumns asks for \"\(column)\", which is not there")
        }
        pruned.append(try table.selecting(table.schema.names.filter { columns.contains($0) }))
      }
      let part = try step.apply(pruned, context: RunContext(stage: "conformance"))
      if try part.column(name) != output.columns[index] {
        found.append("column \"\(name)\" comes out otherwise from the columns that neededColumns asks for")
      }
    }
    return found
  }

  /// Rows in pieces, to one fold and where their order does not matter to two that merge.
  private func folds(_ step: any FoldingTransform, _ output: Table) throws -> [String] {
    guard inputs.count == 1, let fold = step.fold(over: inputs[0].schema), let one = step.fold(over: inputs[0].schema),
      let other = step.fold(over: inputs[0].schema)
    else { return [] }
    for row in 0..<inputs[0].rowCount {
      let piece = inputs[0].gathering([Int32(truncatingIfNeeded: row)])
      try fold.take(piece)
      try (row % 2 == 0 ? other : one).take(piece)
    }
    var found: [String] = []
    if try fold.finish() != output { found.append("rows that are folded give another table") }
    if fold.isOrderFree {
      try one.merge(other)
      if try one.finish() != output { found.append("rows that two folds share give another table") }
    }
    return found
  }

  private func rows(_ step: Step, _ output: Table) throws -> [String] {
    guard inputs.count == 1 else { return ["a row-level transform takes one input"] }
    var pieces: [Table] = []
    for row in 0..<inputs[0].rowCount {
      let piece = inputs[0].gathering([Int32(truncatingIfNeeded: row)])
      pieces.append(try step.apply([piece], context: RunContext(stage: "conformance")))
    }
    guard !pieces.isEmpty else { return [] }
    return try Table.concatenating(pieces).columns == output.columns ? [] : ["rows depend on each other"]
  }
}

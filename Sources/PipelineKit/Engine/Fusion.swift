import Tabular

/// Which row-level steps ride behind a source, batch by batch, and which output or step takes their rows as they come.
///
/// A step is fused when the table before it has no other user, so that the rows in between need never stand in memory.
struct Fusion {
  /// A source and the steps behind it.
  struct Chain {
    /// The name of the last step, or of the source when there is none.
    var name: String
    /// Indices of the fused steps, in order.
    var steps: [Int]
    /// The output that takes the rows as they come, if any.
    var streamedOutput: Int?
    /// The step that takes the rows as they come, if any.
    var fold: Int?
  }

  /// One chain a source.
  private(set) var chains: [Chain] = []
  /// Every fused step.
  private(set) var fusedSteps: Set<Int> = []
  /// Every output that is fed by a chain.
  private(set) var streamedOutputs: Set<Int> = []

  init(_ plan: Plan) {
    for source in plan.sources {
      var chain = Chain(name: source.spec.id, steps: [])
      while let next = Self.onlyUser(of: chain.name, plan), case .step(let i) = next,
        plan.steps[i].transform.isRowLevel, plan.steps[i].inputs.count == 1
      {
        chain.steps.append(i)
        chain.name = plan.steps[i].spec.id
      }
      if case .output(let i)? = Self.onlyUser(of: chain.name, plan), plan.outputs[i].spec.from.count == 1,
        plan.outputs[i].sink is any StreamingSink
      {
        chain.streamedOutput = i
        streamedOutputs.insert(i)
      }
      if case .step(let i)? = Self.onlyUser(of: chain.name, plan), plan.steps[i].inputs.count == 1,
        let step = plan.steps[i].transform as? any FoldingTransform, step.fold(over: plan.steps[i].inputs[0]) != nil
      {
        chain.fold = i
        fusedSteps.insert(i)
      }
      fusedSteps.formUnion(chain.steps)
      chains.append(chain)
    }
  }

  private enum User {
    case step(Int)
    case output(Int)
    case check(Int)
  }

  private static func onlyUser(of name: String, _ plan: Plan) -> User? {
    var users: [User] = []
    for (i, step) in plan.steps.enumerated() {
      for input in step.spec.from where input.text == name { users.append(.step(i)) }
    }
    for (i, output) in plan.outputs.enumerated() {
      for input in output.spec.from where input.text == name { users.append(.output(i)) }
    }
    for (i, check) in plan.spec.checks.enumerated() where check.on.text == name { users.append(.check(i)) }
    return users.count == 1 ? users[0] : nil
  }
}

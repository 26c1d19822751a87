import Tabular

/// The names of a pipeline and who uses whom, checked: every name is known and there is no circle.
struct Graph {
  /// A source or a step.
  enum Node: Equatable {
    case source(Int)
    case step(Int)
  }

  /// Names in the order of the file, sources first.
  let names: [String]
  /// What each name stands for.
  let nodes: [String: Node]
  /// Step indices in an order in which every step comes after its inputs; ties by the order of the file.
  let order: [Int]

  init(_ spec: PipelineSpec) throws(SpecError) {
    var names: [String] = []
    var nodes: [String: Node] = [:]
    func add(_ name: String, _ node: Node, at position: SourcePosition) throws(SpecError) {
      guard nodes.updateValue(node, forKey: name) == nil else {
        throw SpecError(position, "the name \"\(name)\" is used twice; every source and step needs its own")
      }
      names.append(name)
    }
    for (i, source) in spec.sources.enumerated() { try add(source.id, .source(i), at: source.node.position) }
    for (i, step) in spec.steps.enumerated() { try add(step.id, .step(i), at: step.node.position) }
    let references = spec.steps.flatMap(\.from) + spec.outputs.flatMap(\.from) + spec.checks.map(\.on)
    for reference in references where nodes[reference.text] == nil {
      throw SpecError(
        reference.position, "no source or step \"\(reference.text)\"" + didYouMean(reference.text, among: names))
    }
    self.names = names
    self.nodes = nodes
    order = try Self.order(spec, nodes)
  }

  private static func order(_ spec: PipelineSpec, _ nodes: [String: Node]) throws(SpecError) -> [Int] {
    var order: [Int] = []
    var state = [Int](repeating: 0, count: spec.steps.count)  // 0 new, 1 open, 2 done
    var path: [Int] = []
    func visit(_ i: Int) throws(SpecError) {
      if state[i] == 2 { return }
      path.append(i)
      if state[i] == 1, let start = path.firstIndex(of: i) {
        let circle = path[start...].map { spec.steps[$0].id }.joined(separator: " <- ")
        throw SpecError(spec.steps[i].node.position, "the steps depend on each other in a circle: \(circle)")
      }
      state[i] = 1
      for reference in spec.steps[i].from {
        if case .step(let j)? = nodes[reference.text] { try visit(j) }
      }
      state[i] = 2
      path.removeLast()
      order.append(i)
    }
    for i in spec.steps.indices { try visit(i) }
    return order
  }
}

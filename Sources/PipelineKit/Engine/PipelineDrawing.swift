/// A pipeline as a graph for people: sources, steps and outputs, and who uses whom.
public struct PipelineDrawing: Sendable {
  /// A language for drawings.
  public enum Format: String, Sendable, CaseIterable {
    /// Mermaid, as GitHub and GitLab draw it.
    case mermaid
    /// Graphviz.
    case dot
  }

  private enum Shape: String {
    case source
    case step
    case output
  }

  private var nodes: [(id: String, label: String, shape: Shape)] = []
  private var edges: [(from: String, to: String)] = []

  /// The drawing of `spec`.
  public init(_ spec: PipelineSpec) {
    for source in spec.sources { nodes.append((source.id, "\(source.id): \(source.adapter)", .source)) }
    for step in spec.steps {
      nodes.append((step.id, "\(step.id): \(step.uses)", .step))
      for input in step.from { edges.append((input.text, step.id)) }
    }
    for output in spec.outputs {
      nodes.append((output.path.text, "\(output.path): \(output.sink)", .output))
      for input in output.from { edges.append((input.text, output.path.text)) }
    }
  }

  /// The drawing as text.
  public func text(_ format: Format) -> String {
    let numbers = Dictionary(
      nodes.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
    func name(_ id: String) -> String { "n\(numbers[id] ?? 0)" }
    switch format {
    case .mermaid:
      let lines = nodes.map { node -> String in
        let label = Self.escaped(node.label, "\"", "#quot;")
        switch node.shape {
        case .source: return "  \(name(node.id))[(\"\(label)\")]"
        case .step: return "  \(name(node.id))[\"\(label)\"]"
        case .output: return "  \(name(node.id))>\"\(label)\"]"
        }
      }
      return (["flowchart LR"] + lines + edges.map { "  \(name($0.from)) --> \(name($0.to))" }).joined(separator: "\n")
    case .dot:
      let lines = nodes.map { node -> String in
        let shape = node.shape == .source ? "cylinder" : node.shape == .step ? "box" : "note"
        let label = Self.escaped(Self.escaped(node.label, "\\", "\\\\"), "\"", "\\\"")
        return "  \(name(node.id)) [label=\"\(label)\", shape=\(shape)];"
      }
      return
        (["digraph pipeline {", "  rankdir=LR;"] + lines
        + edges.map { "  \(name($0.from)) -> \(name($0.to));" } + ["}"]).joined(separator: "\n")
    }
  }

  private static func escaped(_ text: String, _ part: Character, _ by: String) -> String {
    text.map { $0 == part ? by : String($0) }.joined()
  }

  /// Nodes and edges as JSON.
  public var json: JSON {
    .object([
      (
        "nodes",
        .array(
          nodes.map {
            .object([
              ("id", .string($0.id)), ("kind", .string($0.shape.rawValue)), ("label", .string($0.label)),
            ])
          })
      ),
      ("edges", .array(edges.map { .object([("from", .string($0.from)), ("to", .string($0.to))]) })),
    ])
  }
}

import PipelineKit
import Tabular

/// The arcs of a topology: the lines that its shapes share.
///
/// All of them stand in memory, 16 bytes a point.
final class TopologyArcs {
  /// Points, at most.
  static let limit = 1 << 24

  private var x: [Double] = []
  private var y: [Double] = []
  private var starts = [0]
  private var scale: (x: Double, y: Double)?
  private var shift = (x: 0.0, y: 0.0)
  private let numbers = NumberParser()

  /// The number of arcs.
  var count: Int { starts.count - 1 }

  /// Reads the members `arcs` and `transform` of a topology.
  init(_ json: JSONStream) throws(SourceError) {
    guard try json.next() == .beginObject else { throw json.failure("is JSON, but not an object; expected a topology") }
    while try json.next() == .key {
      if json.isText("arcs") {
        try readArcs(json)
      } else if json.isText("transform") {
        try readTransform(json)
      } else {
        try json.skip(json.next())
      }
    }
    _ = try json.next()
  }

  /// Whether there is an arc `reference`; `~i` is arc `i` from its end.
  func has(_ reference: Int) -> Bool { (reference < 0 ? ~reference : reference) < count }

  /// The points of an arc, in its direction, without the first when an arc before ends there.
  func points(_ reference: Int, skippingFirst: Bool, _ body: (Double, Double) -> Void) {
    let arc = reference < 0 ? ~reference : reference
    let (from, to) = (starts[arc], starts[arc + 1])
    for i in (skippingFirst ? 1 : 0)..<max(to - from, skippingFirst ? 1 : 0) {
      let point = reference < 0 ? to - 1 - i : from + i
      if let scale {
        body(x[point] * scale.x + shift.x, y[point] * scale.y + shift.y)
      } else {
        body(x[point], y[point])
      }
    }
  }

  /// `[[[x, y], [dx, dy], ...], ...]`; without a transform the points are absolute, which is known only at the end.
  private func readArcs(_ json: JSONStream) throws(SourceError) {
    guard try json.next() == .beginArray else { throw json.failure("the arcs of a topology are not a list") }
    while try json.next() == .beginArray {
      while try json.next() == .beginArray {
        x.append(try number(json))
        y.append(try number(json))
        guard x.count <= Self.limit else { throw json.failure("the topology has more than \(Self.limit) points") }
        while true {
          let event = try json.next()
          if event == .endArray { break }
          guard event == .number else { throw json.failure("a position holds something that is no number") }
        }
      }
      starts.append(x.count)
    }
    deltas = true
  }

  private var deltas = false

  private func readTransform(_ json: JSONStream) throws(SourceError) {
    guard try json.next() == .beginObject else { throw json.failure("the transform of a topology is not an object") }
    while try json.next() == .key {
      let isScale = json.isText("scale")
      guard isScale || json.isText("translate") else {
        try json.skip(json.next())
        continue
      }
      guard try json.next() == .beginArray else { throw json.failure("scale and translate are not lists") }
      let pair = (x: try number(json), y: try number(json))
      if isScale { scale = pair } else { shift = pair }
      guard try json.next() == .endArray else { throw json.failure("scale and translate have two numbers") }
    }
  }

  private func number(_ json: JSONStream) throws(SourceError) -> Double {
    guard try json.next() == .number else { throw json.failure("expected a number in the topology") }
    let value = json.text.baseAddress.map { numbers.parse($0, json.text.count) } ?? .nan
    guard value.isFinite else { throw json.failure("the number \(json.string) is beyond the range of a number") }
    return value
  }

  /// Makes differences into places: with a transform, each point of an arc is counted from the one before.
  func resolve() {
    guard scale != nil, deltas else { return }
    deltas = false
    for arc in 0..<count {
      var (sumX, sumY) = (0.0, 0.0)
      for i in starts[arc]..<starts[arc + 1] {
        sumX += x[i]
        sumY += y[i]
        (x[i], y[i]) = (sumX, sumY)
      }
    }
  }
}

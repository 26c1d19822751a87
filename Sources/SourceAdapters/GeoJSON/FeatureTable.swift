import PipelineKit
import Tabular

/// The properties of the first features, by which columns are known.
final class FeatureSample: FeatureReceiver {
  private(set) var names: [String] = []
  private(set) var features = 0
  var isTopology = false
  private var isText: [String: Bool] = [:]
  private let numbers = NumberParser()
  static let limit = 1000

  /// Whether all values of a property are numbers that a double holds exactly.
  func isNumber(_ name: String) -> Bool { isText[name] == false }

  func property(_ name: String, _ event: JSONStream.Event, _ json: JSONStream) throws(SourceError) {
    if event == .beginObject || event == .beginArray { return }
    if !names.contains(name) {
      guard names.count < 16_384 else { throw json.failure("the features have more than 16384 different properties") }
      names.append(name)
    }
    switch event {
    case .number:
      let value = json.text.baseAddress.map { numbers.parse($0, json.text.count) } ?? .nan
      let isExact = value.isFinite && value.magnitude <= 9_007_199_254_740_992
      isText[name] = isText[name] ?? false || !isExact
    case .string, .bool: isText[name] = true
    default: break
    }
  }

  func endFeature(_ shape: ShapeBuilder, _ kind: ShapeBuilder.Kind?, line: Int) throws(SourceError) -> Bool {
    features += 1
    return features < Self.limit
  }
}

/// Hands on the features of a file as batches.
final class FeatureTable: FeatureReceiver {
  private let batches: FeatureBatches
  private var hasWarned = false

  init(_ batches: FeatureBatches) { self.batches = batches }

  func property(_ name: String, _ event: JSONStream.Event, _ json: JSONStream) throws(SourceError) {
    guard let place = batches.rows.place(name) else {
      if !hasWarned, !batches.knows(name) {
        hasWarned = true
        let isNested = event == .beginObject || event == .beginArray
        batches.context.warn(
          "\(batches.path):\(json.line): the property \"\(name)\" "
            + (isNested ? "holds an object or a list" : "is not in the first features") + " and is left out")
      }
      return
    }
    switch event {
    case .string, .number: batches.rows.put(json.text, at: place, line: json.line)
    case .bool(let value):
      var text = value ? "true" : "false"
      text.withUTF8 { batches.rows.put($0, at: place, line: json.line) }
    case .null: batches.rows.put(nil, at: place, line: json.line)
    default: throw json.failure("holds an object or a list in this feature", column: name)
    }
  }

  func endFeature(_ shape: ShapeBuilder, _ kind: ShapeBuilder.Kind?, line: Int) throws(SourceError) -> Bool {
    try batches.append(shape, kind)
  }
}

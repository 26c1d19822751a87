import PipelineKit
import Tabular

/// The properties of the first features, by which columns are known.
final class GMLSample: GMLReceiver {
  private(set) var names: [String] = []
  private(set) var features = 0
  private var isText: Set<String> = []
  private var hasFraction: Set<String> = []
  private let numbers = NumberParser()
  static let limit = 1000

  /// Whether all values are numbers, at least one with a fraction that is not zero.
  func isNumber(_ name: String) -> Bool { hasFraction.contains(name) && !isText.contains(name) }

  func property(_ name: String, _ value: UnsafeBufferPointer<UInt8>, line: Int) {
    if !names.contains(name), names.count < XMLLimits.names { names.append(name) }
    let text = String(decoding: value, as: UTF8.self)
    let trimmed = text.drop { $0.isWhitespace }
    if trimmed.isEmpty || isText.contains(name) { return }
    guard let number = numbers.parse(String(trimmed.reversed().drop { $0.isWhitespace }.reversed())) else {
      isText.insert(name)
      return
    }
    if number != number.rounded() { hasFraction.insert(name) }
  }

  func nested(_ name: String, line: Int) {}

  func endFeature(_ shape: ShapeBuilder, _ kind: ShapeBuilder.Kind?, line: Int) -> Bool {
    features += 1
    return features < Self.limit
  }
}

/// Hands on the features of a file as batches.
final class GMLTable: GMLReceiver {
  private(set) var failure: SourceError?
  private let batches: FeatureBatches
  private var warned: Set<String> = []

  init(_ batches: FeatureBatches) { self.batches = batches }

  func property(_ name: String, _ value: UnsafeBufferPointer<UInt8>, line: Int) {
    guard let place = batches.rows.place(name) else {
      if !batches.knows(name) { warn(name, line, "is not in the first features") }
      return
    }
    batches.rows.put(value.isEmpty ? nil : value, at: place, line: line)
  }

  func nested(_ name: String, line: Int) { warn(name, line, "holds elements") }

  private func warn(_ name: String, _ line: Int, _ why: String) {
    guard warned.count < 100, warned.insert(name).inserted else { return }
    batches.context.warn("\(batches.path):\(line): the property \"\(name)\" \(why) and is left out")
  }

  func endFeature(_ shape: ShapeBuilder, _ kind: ShapeBuilder.Kind?, line: Int) -> Bool {
    do throws(SourceError) { return try batches.append(shape, kind) } catch {
      failure = error
      return false
    }
  }
}

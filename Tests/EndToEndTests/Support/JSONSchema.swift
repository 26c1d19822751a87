import PipelineKit

/// Checks a JSON value against a JSON Schema: the part of the language that the project's schemas use.
struct JSONSchema {
  let root: SpecNode

  /// What does not fit, one text each; empty when all does.
  func mistakes(_ value: SpecNode) throws -> [String] { try mistakes(value, root, "$") }

  private func mistakes(_ value: SpecNode, _ schema: SpecNode, _ path: String) throws -> [String] {
    if let reference = schema["$ref"]?.shown {
      let name = String(reference.dropFirst("#/$defs/".count))
      guard let target = root["$defs"]?[name] else { return ["\(path): the schema has no \(reference)"] }
      return try mistakes(value, target, path)
    }
    var found: [String] = []
    if let allowed = schema["type"] {
      let names = try allowed.content.isList ? allowed.elements().map(\.shown) : [allowed.shown]
      if !names.contains(value.jsonType) { found.append("\(path): \(value.jsonType) instead of \(names)") }
    }
    if let constant = schema["const"]?.shown, constant != value.shown { found.append("\(path): not \(constant)") }
    if let allowed = try schema["enum"]?.elements().map(\.shown), !allowed.contains(value.shown) {
      found.append("\(path): \(value.shown) is none of \(allowed)")
    }
    for key in try schema["required"]?.elements().map(\.shown) ?? [] where value[key] == nil {
      found.append("\(path): lacks \(key)")
    }
    for entry in value.entries ?? [] {
      let place = path + "." + entry.key
      if let property = schema["properties"]?[entry.key] {
        found += try mistakes(entry.value, property, place)
      } else if let others = schema["additionalProperties"] {
        found += others.shown == "false" ? ["\(place): not in the schema"] : try mistakes(entry.value, others, place)
      }
    }
    if let items = schema["items"], value.content.isList {
      for (i, item) in try value.elements().enumerated() { found += try mistakes(item, items, "\(path)[\(i)]") }
    }
    return found
  }
}

extension SpecNode.Content {
  /// Whether the value is a list.
  var isList: Bool {
    if case .list = self { return true }
    return false
  }
}

extension SpecNode {
  /// The JSON type of a value that was read from JSON.
  var jsonType: String {
    switch content {
    case .null: "null"
    case .list: "array"
    case .map: "object"
    case .scalar(_, quoted: true): "string"
    case .scalar("true", _), .scalar("false", _): "boolean"
    case .scalar: "number"
    }
  }
}

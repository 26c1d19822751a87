import PipelineKit

/// What a document with features says of the answer of which it is a page.
struct FeaturePage {
  /// How many features there are in all (`numberMatched`), or nil.
  var matched: Int?
  /// The address of the next page; empty when there is none.
  var next = ""

  /// Warns when the last of the files of a source is not the last page, or its only file does not hold all features.
  func check(_ part: InputPart, of input: Input, features: Int, context: RunContext) {
    guard part.path == input.parts.last?.path else { return }
    if !next.isEmpty {
      context.warn(
        "\(part.path): names a next page, \(next), but is the last of the files; the table is not complete")
    } else if input.parts.count == 1, let matched, matched > features {
      context.warn(
        "\(part.path): holds \(features) of \(matched) features; ask for the others too: the table is not complete")
    }
  }

  /// The value of `numberMatched`, if it is a number.
  mutating func readMatched(_ json: JSONStream) throws(SourceError) {
    let event = try json.next()
    if event == .number { matched = Int(json.string) }
    try json.skip(event)
  }

  /// `[{"rel": "next", "href": "https://..."}]`, as OGC API answers.
  mutating func readLinks(_ json: JSONStream) throws(SourceError) {
    var event = try json.next()
    guard event == .beginArray else { return try json.skip(event) }
    while true {
      event = try json.next()
      if event == .endArray { return }
      guard event == .beginObject else {
        try json.skip(event)
        continue
      }
      var (relation, address) = ("", "")
      while try json.next() == .key {
        let (isRelation, isAddress) = (json.isText("rel"), json.isText("href"))
        event = try json.next()
        if event == .string, isRelation { relation = json.string }
        if event == .string, isAddress { address = json.string }
        try json.skip(event)
      }
      if relation == "next" { next = address }
    }
  }
}

import PipelineKit
import Tabular

/// Goes through the messages of one tap.
final class SingerReader {
  /// The last state, as JSON.
  private(set) var state: String?
  private let path: String
  private let lines: MessageLines
  private let wanted: String
  private let json: JSONStream
  private var found: SingerStream?
  private var others: [String] = []

  /// A reader of the stream `wanted`, or of the first one when that is empty.
  init(path: String, lines: MessageLines, wanted: String) {
    self.path = path
    self.lines = lines
    self.wanted = wanted
    json = JSONStream(path: path)
  }

  /// Reads on to the description of the stream.
  func stream() throws(SourceError) -> SingerStream {
    while let line = try lines.next() {
      guard let message = try SingerMessage(line, json, line: lines.number) else { continue }
      try take(message)
      if let found { return found }
    }
    throw nothing()
  }

  /// Reads all records into `rows`; false when `receive` stopped it.
  func read(_ rows: SingerRows, context: RunContext, into receive: (Batch) -> ReadControl) throws(SourceError) -> Bool {
    var warned: Set<String> = []
    while let line = try lines.next() {
      guard let message = try SingerMessage(line, json, line: lines.number) else { continue }
      guard message.kind == .record else {
        try take(message)
        continue
      }
      guard message.stream == found?.name else {
        try checkOther(message.stream)
        continue
      }
      try rows.append(message.payload, json, line: lines.number) { name in
        guard warned.count < 100, found?.properties.contains(where: { $0.name == name }) == false,
          warned.insert(name).inserted
        else { return }
        context.warn("\(path): the property \"\(name)\" is not in the schema of its stream and is left out")
      }
      if rows.isFull {
        context.count(read: rows.rows)
        if receive(Batch(rows.take())) == .stop { return false }
      }
    }
    if found == nil { throw nothing() }
    if !others.isEmpty {
      context.warn(
        "\(path): other streams are left out: \(others.joined(separator: ", ")); \"stream\" names the one to read")
    }
    if rows.rows > 0 {
      context.count(read: rows.rows)
      return receive(Batch(rows.take())) == .more
    }
    return true
  }

  private func take(_ message: SingerMessage) throws(SourceError) {
    switch message.kind {
    case .state: state = String(decoding: message.payload, as: UTF8.self)
    case .activateVersion: break
    case .record: try checkOther(message.stream)
    case .schema:
      let isMine = wanted.isEmpty ? found == nil || found?.name == message.stream : wanted == message.stream
      guard isMine else {
        if !others.contains(message.stream), others.count < 1000 { others.append(message.stream) }
        return
      }
      let stream = try SingerStream(message, json, line: lines.number)
      if let found, found.properties != stream.properties || found.keys != stream.keys {
        throw json.failure("the schema of the stream \"\(stream.name)\" changes on the way; its rows make no one table")
      }
      found = stream
    }
  }

  /// Records must come after their schema.
  private func checkOther(_ stream: String) throws(SourceError) {
    guard others.contains(stream) || others.count >= 1000 else {
      throw json.failure("a record of the stream \"\(stream)\" comes before its schema")
    }
  }

  private func nothing() -> SourceError {
    if lines.number == 0 {
      return SourceError(file: path, "is empty; expected messages of the Singer protocol")
    }
    let known = others.isEmpty ? "" : "; it has " + others.joined(separator: ", ")
    let what = wanted.isEmpty ? "describes no stream" : "does not describe the stream \"\(wanted)\"\(known)"
    return SourceError(file: path, line: lines.number, what + didYouMean(wanted, among: others))
  }
}

/// Finds the adapter for a file from its first bytes.
public struct Recogniser: Sendable {
  let catalog: PluginCatalog

  /// A recogniser among the adapters of `catalog`.
  public init(catalog: PluginCatalog) { self.catalog = catalog }

  /// The adapter that is surest of the file at `path`, and why.
  /// - Throws: ``SourceError`` when no adapter knows the format; the text says what each of them missed.
  public func recognise(_ path: String, context: RunContext) throws(SourceError) -> (entry: SourceEntry, reason: String)
  {
    if let found = try recogniseFolder(path, context) { return found }
    let head = try context.head(path, count: 1 << 16)
    if head.isEmpty { throw SourceError(file: path, "is empty") }
    if let advice = ForeignFormat.advice(head) { throw SourceError(file: path, advice) }
    var best: (entry: SourceEntry, recognition: Recognition)?
    var refusals: [(reason: String, adapters: [String])] = []
    for entry in catalog.sources {
      let recognition = entry.recognise(head, path)
      let name = entry.plugin.info.name
      if let known = refusals.firstIndex(where: { $0.reason == recognition.reason }) {
        refusals[known].adapters.append(name)
      } else {
        refusals.append((recognition.reason, [name]))
      }
      if recognition.confidence > best?.recognition.confidence ?? 0 { best = (entry, recognition) }
    }
    guard let best else {
      if let members = try context.members(of: path) {
        throw SourceError(file: path, ZipArchive.choice(members, path))
      }
      let reasons = refusals.map { "\($0.adapters.joined(separator: ", ")): \($0.reason)" }.joined(separator: "; ")
      throw SourceError(file: path, "no adapter knows this format (\(reasons)); name one with \"adapter\"")
    }
    return (best.entry, best.recognition.reason)
  }

  /// The adapter that knows one of the files in the folder or archive at `path`, when there is one that reads folders.
  private func recogniseFolder(_ path: String, _ context: RunContext) throws(SourceError) -> (SourceEntry, String)? {
    let readers = catalog.sources.filter(\.readsFolders)
    guard !readers.isEmpty, let names = try context.names(in: path), names.count > 1 else { return nil }
    for name in names where !name.hasSuffix("/") {
      guard let head = try? InputFile.head(path + "/" + name, count: 1 << 14) else { continue }
      for entry in readers {
        let recognition = entry.recognise(head, name)
        if recognition.confidence >= 90 { return (entry, "\(name) has \(recognition.reason)") }
      }
    }
    return nil
  }
}

import Tabular

/// A file of an extract, read whole: for commands that look at extracts, not for pipelines.
enum ExtractFile {
  /// The table in the file at `path`, by the adapter that recognises it.
  static func read(_ path: String, catalog: PluginCatalog) throws(PipelineError) -> Table {
    let context = RunContext(stage: "extract")
    let position = SourcePosition(file: path)
    do throws(SourceError) {
      let entry = try Recogniser(catalog: catalog).recognise(path, context: context).entry
      let adapter: any SourceAdapter
      do throws(SpecError) { adapter = try entry.plugin.make(SpecNode(.map([]), at: position), [], context) } catch {
        throw SourceError(file: path, error.description)
      }
      let input = Input(parts: [InputPart(path: path)])
      let schema = try adapter.schema(of: input, context: context)
      var builder = TableBuilder(schema: schema)
      var failure: TabularError?
      try adapter.read(input.parts[0], of: input, as: schema, context: context) { batch in
        do throws(TabularError) { try builder.append(batch.table) } catch {
          failure = error
          return .stop
        }
        return .more
      }
      if let failure { throw SourceError(file: path, failure.description) }
      return builder.build()
    } catch { throw .source(error) }
  }

  /// The manifest in `folder`.
  static func manifest(_ folder: String) throws(PipelineError) -> SpecNode {
    let path = folder + "/manifest.json"
    let text: String
    do throws(SourceError) { text = try RunContext(stage: "extract").text(path) } catch { throw .source(error) }
    do throws(SpecError) {
      let node = try SpecParser.nodes(text, file: path)
      guard node["outputs"] != nil, node["inputs"] != nil else {
        throw SpecError(node.position, "is no manifest of Peil: it has no inputs and outputs")
      }
      return node
    } catch { throw .source(SourceError(file: path, error.description)) }
  }

  /// The elements of a list in a manifest.
  static func list(_ node: SpecNode?) -> [SpecNode] {
    if case .list(let elements)? = node?.content { return elements }
    return []
  }
}

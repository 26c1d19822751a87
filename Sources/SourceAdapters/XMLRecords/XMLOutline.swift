import CLibXML2
import PipelineKit

/// The shape of a document's head: which elements there are inside which, with which attributes, and which of them repeat.
final class XMLOutline: XMLReceiver {
  private struct Node {
    var name: String
    var key: UnsafePointer<xmlChar>?
    var parent: Int
    var children: [Int] = []
    var attributes: [String] = []
    /// How often it occurs.
    var count = 0
    /// Whether it occurs twice inside one parent.
    var repeats = false
    var hasText = false
    /// The serial number of the parent element in which it occurred last.
    var lastParent = -1
  }

  static let xsi = "http://www.w3.org/2001/XMLSchema-instance"

  /// The root element's name.
  var root: String { nodes.isEmpty ? "" : nodes[0].name }
  private var nodes: [Node] = []
  private var open: [(node: Int, serial: Int)] = []
  private var serial = 0
  private var events: XMLEvents?

  /// Looks through the first bytes of the file at `path`.
  ///
  /// With `isWhole` they are all of it.
  /// - Throws: ``SourceError`` when the document is not well-formed, other than by ending early.
  init(_ head: [UInt8], path: String, isWhole: Bool) throws(SourceError) {
    let input = XMLInput(path: path, head: head, isWhole: isWhole)
    events = XMLEvents(input, self)
    events?.parse()
    events = nil
    if let failure = input.failure, isWhole || !input.isAtEnd { throw failure }
  }

  func begin(_ parser: xmlParserCtxtPtr) {}

  func open(_ tag: XMLTag) {
    let parent = open.last
    var index = nodes.isEmpty ? -1 : (parent == nil ? 0 : -1)
    if let parent {
      index = nodes[parent.node].children.first { nodes[$0].key == tag.name } ?? -1
    }
    if index < 0 {
      guard nodes.count < XMLLimits.names else {
        events?.input.fail("the document has more than \(XMLLimits.names) different elements")
        return
      }
      index = nodes.count
      nodes.append(Node(name: SourceAdapters.text(tag.name), key: tag.name, parent: parent?.node ?? -1))
      if let parent { nodes[parent.node].children.append(index) }
    }
    nodes[index].count += 1
    if let parent {
      if nodes[index].lastParent == parent.serial { nodes[index].repeats = true }
      nodes[index].lastParent = parent.serial
    }
    for i in 0..<tag.attributeCount where SourceAdapters.text(tag.attributeSpace(i)) != Self.xsi {
      let name = SourceAdapters.text(tag.attributeName(i))
      if !nodes[index].attributes.contains(name) { nodes[index].attributes.append(name) }
    }
    open.append((index, serial))
    serial += 1
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let node = open.last?.node, !nodes[node].hasText else { return }
    if bytes.contains(where: { $0 > 0x20 }) { nodes[node].hasText = true }
  }

  func close(_ name: UnsafePointer<xmlChar>) { _ = open.popLast() }

  // MARK: Findings

  /// The records by the shape: of the elements that occur more than once inside one parent and hold attributes or
  /// elements, the one that occurs most often, the outermost of equals.
  ///
  /// Nil when there is none.
  var records: XMLRecordPath? {
    var best: Int?
    for (i, node) in nodes.enumerated() where node.repeats && !(node.children.isEmpty && node.attributes.isEmpty) {
      if let known = best,
        nodes[known].count > node.count || nodes[known].count == node.count && depth(known) <= depth(i)
      {
        continue
      }
      best = i
    }
    return best.map { XMLRecordPath(names: names($0), isFromRoot: true) }
  }

  /// The fields of `records`: attributes of the elements around it, outermost first, then its own, then its elements' in
  /// the order of the document.
  func fields(of records: XMLRecordPath) -> [(name: String, path: XMLFieldPath)] {
    var found: [(name: String, path: XMLFieldPath)] = []
    func add(_ name: String, _ path: XMLFieldPath) {
      if found.contains(where: { $0.path == path }) { return }
      found.append((found.contains { $0.name == name } ? path.text : name, path))
    }
    for record in nodes.indices where matches(record, records) {
      var around: [Int] = []
      var node = nodes[record].parent
      while node >= 0 {
        around.append(node)
        node = nodes[node].parent
      }
      for (up, node) in around.enumerated().reversed() {
        for attribute in nodes[node].attributes {
          add("\(nodes[node].name)_\(attribute)", XMLFieldPath(up: up + 1, attribute: attribute))
        }
      }
      addFields(record, [], add)
    }
    return found
  }

  private func addFields(_ index: Int, _ steps: [String], _ add: (String, XMLFieldPath) -> Void) {
    let node = nodes[index]
    for attribute in node.attributes {
      add((steps + [attribute]).joined(separator: "_"), XMLFieldPath(steps: steps, attribute: attribute))
    }
    if node.hasText || (node.children.isEmpty && node.attributes.isEmpty) {
      add(steps.isEmpty ? node.name : steps.joined(separator: "_"), XMLFieldPath(steps: steps))
    }
    for child in node.children { addFields(child, steps + [nodes[child].name], add) }
  }

  private func names(_ index: Int) -> [String] {
    var names: [String] = []
    var node = index
    while node >= 0 {
      names.append(nodes[node].name)
      node = nodes[node].parent
    }
    return names.reversed()
  }

  private func depth(_ index: Int) -> Int { names(index).count }

  private func matches(_ index: Int, _ records: XMLRecordPath) -> Bool {
    let names = names(index)
    return records.isFromRoot ? names == records.names : names.suffix(records.names.count) == records.names[...]
  }
}

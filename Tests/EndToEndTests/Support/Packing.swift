/// Archives whose content is stored as it is: enough to see that packed files are read through.
enum Packing {
  /// A gzip file (RFC 1952) of stored blocks.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
    var rest = bytes[...]
    repeat {
      let block = rest.prefix(0xFFFF)
      rest = rest.dropFirst(block.count)
      file += [rest.isEmpty ? 1 : 0] + little(block.count, 2) + little(~block.count & 0xFFFF, 2) + block
    } while !rest.isEmpty
    return file + little(Int(checksum(bytes)), 4) + little(bytes.count, 4)
  }

  /// A zip archive of stored members.
  static func zip(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in members {
      let sizes = little(Int(checksum(bytes)), 4) + little(bytes.count, 4) + little(bytes.count, 4)
      // Version 1.0, no flags, stored, 1 January 1980.
      let header = little(10, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(0x21, 2) + sizes
      let place = file.count
      file += little(0x0403_4B50, 4) + header + little(name.utf8.count, 2) + little(0, 2) + Array(name.utf8) + bytes
      directory += little(0x0201_4B50, 4) + little(10, 2) + header + little(name.utf8.count, 2)
      directory += [UInt8](repeating: 0, count: 12) + little(place, 4) + Array(name.utf8)
    }
    let counts = little(members.count, 2) + little(members.count, 2)
    let end = little(0x0605_4B50, 4) + little(0, 4) + counts + little(directory.count, 4) + little(file.count, 4)
    return file + directory + end + little(0, 2)
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static let table: [UInt32] = (0..<256).map { start in
    (0..<8).reduce(UInt32(start)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes { sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8) }
    return ~sum
  }
}

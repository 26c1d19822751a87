internal import CCrypto

/// SHA-256 by libcrypto, which uses the processor's instructions for it.
///
/// By the functions of the algorithm itself: the general ones load providers and settings, 2 MiB in each process.
struct SHA256: ~Copyable {
  private let context: UnsafeMutablePointer<SHA256_CTX>

  init() {
    context = .allocate(capacity: 1)
    context.initialize(to: SHA256_CTX())
    SHA256_Init(context)
  }

  deinit { context.deallocate() }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    SHA256_Update(context, bytes.baseAddress, bytes.count)
  }

  /// The digest in hexadecimal. Call once, after the last update.
  mutating func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    SHA256_Final(&digest, context)
    return hexadecimal(digest)
  }

  static func hash(_ text: String) -> String {
    var digest = SHA256()
    var text = text
    text.withUTF8 { digest.update(UnsafeRawBufferPointer($0)) }
    return digest.finish()
  }
}

/// Bytes as lower-case hexadecimal digits.
func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
  return String(decoding: text, as: UTF8.self)
}

import Glibc
import PipelineTesting

extension Files {
  /// The folder that holds Package.swift.
  static let root: String = {
    var parts = #filePath.split(separator: "/")
    parts.removeLast(4)
    return "/" + parts.joined(separator: "/")
  }()

  /// The value of an environment variable, or nil.
  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

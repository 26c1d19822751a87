public import PipelineKit
import Sinks

extension PluginCatalog {
  /// The plugins that come with Peil: the one list.
  public static let builtin = PluginCatalog(
    sources: [],
    transforms: [],
    sinks: [CSVSink.self, JSONSink.self, ParquetSink.self])
}

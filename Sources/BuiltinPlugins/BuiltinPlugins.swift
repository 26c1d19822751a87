public import PipelineKit
import Sinks
import SourceAdapters
import Transforms

extension PluginCatalog {
  /// The plugins that come with Peil: the one list.
  public static let builtin = PluginCatalog(
    sources: [CBSDatasetAtom.self, CBSDatasetCSV.self, Delimited.self, ParquetSource.self],
    transforms: [
      Aggregate.self, Classify.self, Compare.self, Compose.self, Derive.self, Filter.self, Join.self, Normalise.self,
      Rank.self, Rename.self, Select.self, Sort.self, Union.self,
    ],
    sinks: [CSVSink.self, JSONSink.self, ParquetSink.self, SummarySink.self])
}

public import PipelineKit
import Sinks
import SourceAdapters
import Transforms

extension PluginCatalog {
  /// The plugins that come with Peil: the one list.
  public static let builtin = PluginCatalog(
    sources: [CBSDatasetAtom.self, CBSDatasetCSV.self, ParquetSource.self],
    transforms: [
      Aggregate.self, Classify.self, Compare.self, Compose.self, Converge.self, Decompose.self, Derive.self,
      Filter.self, InequalityTransform.self, Join.self, Normalise.self, Rank.self, Rename.self, Select.self, Sort.self,
      Transition.self, Union.self,
    ],
    sinks: [CSVSink.self, JSONSink.self, ParquetSink.self, SummarySink.self])
}

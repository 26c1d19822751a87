public import PipelineKit
import Sinks
import SourceAdapters
import Transforms

extension PluginCatalog {
  /// The plugins that come with Peil: the one list.
  public static let builtin = PluginCatalog(
    sources: [
      CBSDatasetAtom.self,
      CBSDatasetCSV.self,
      CBSDatasetJSON.self,
      CBSMetadataCSV.self,
      CBSOData4.self,
      DUOCSV.self,
      Delimited.self,
      GeoJSON.self,
      ParquetSource.self,
      SDMXML.self,
      StatLineCSV.self,
      XMLRecords.self,
    ],
    transforms: [
      Aggregate.self,
      Allocate.self,
      Autocorrelate.self,
      Classify.self,
      Cohere.self,
      Compare.self,
      Compose.self,
      Converge.self,
      Crosswalk.self,
      Decompose.self,
      Derive.self,
      Displacement.self,
      Filter.self,
      FlagChanges.self,
      Harmonise.self,
      InequalityTransform.self,
      IntervalTransform.self,
      Join.self,
      KWBSeries.self,
      Matching.self,
      Mismatch.self,
      Normalise.self,
      Pivot.self,
      Rake.self,
      Rank.self,
      Rename.self,
      Scenario.self,
      Select.self,
      Sensitivity.self,
      ShiftShareTransform.self,
      Shrink.self,
      Simulate.self,
      Sort.self,
      Specialise.self,
      SummariseAreas.self,
      Transition.self,
      Union.self,
      Unpivot.self,
    ],
    sinks: [
      CSVSink.self,
      JSONSink.self,
      ParquetSink.self,
      SummarySink.self,
    ])
}

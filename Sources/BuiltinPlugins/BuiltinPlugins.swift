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
      GML.self,
      GeoJSON.self,
      ParquetSource.self,
      SDMXML.self,
      Singer.self,
      XMLRecords.self,
    ],
    transforms: [
      Aggregate.self,
      Classify.self,
      Compare.self,
      Compose.self,
      Crosswalk.self,
      Derive.self,
      Displacement.self,
      Filter.self,
      FlagChanges.self,
      Harmonise.self,
      Join.self,
      KWBSeries.self,
      Matching.self,
      Mismatch.self,
      Neighbours.self,
      Normalise.self,
      Rake.self,
      Rank.self,
      Rename.self,
      Select.self,
      Sensitivity.self,
      ShiftShareTransform.self,
      Sort.self,
      Specialise.self,
      Union.self,
    ],
    sinks: [
      CSVSink.self,
      JSONSink.self,
      MapSink.self,
      ParquetSink.self,
      SummarySink.self,
    ])
}

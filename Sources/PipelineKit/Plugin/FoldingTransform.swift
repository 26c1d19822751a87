public import Tabular

/// A transform whose one input need never stand in memory whole: it takes the rows as they come from a source and gives
/// its result when there are no more.
///
/// The engine makes one fold a thread where the order of rows does not matter, and merges them at the end; the result is
/// the same for any number of threads, and the same as that of ``Transform/apply(_:context:)``.
public protocol FoldingTransform: Transform {
  /// A fold over rows of the schema `input`, or nil when the options need all rows at once.
  func fold(over input: Schema) -> (any TableFold)?
}

/// A result that takes shape row by row. Used by one thread at a time.
public protocol TableFold: AnyObject {
  /// Whether the result depends on the rows alone, not on their order: rows may then go to several folds, to be merged.
  var isOrderFree: Bool { get }
  /// Takes the next rows.
  func take(_ table: Table) throws(TransformError)
  /// Takes in the rows of another fold of the same transform, which is given up.
  func merge(_ other: any TableFold) throws(TransformError)
  /// The result. Called once, after the last rows.
  func finish() throws(TransformError) -> Table
}

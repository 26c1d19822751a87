public import Tabular

/// A source adapter that can read one large file in stretches, side by side.
///
/// The engine divides a file where the order of its rows does not matter. What the stretches give together is what
/// ``SourceAdapter/read(_:of:as:context:into:)`` gives; whatever they cannot be sure of, that reads again as a whole.
public protocol DividingSource: SourceAdapter {
  /// The part in stretches of about `bytes` bytes, or nil when it has to be read from its start to its end.
  func stretches(
    of part: InputPart, of input: Input, as schema: Schema, bytes: Int, context: RunContext
  ) throws(SourceError) -> (any SourceStretches)?
}

/// A file in stretches of whole records. Where they lie depends on the file alone, not on threads.
public protocol SourceStretches: AnyObject, Sendable {
  /// How many there are.
  var count: Int { get }
  /// Reads stretch `index` and hands on its rows. Several may be read at once. What goes wrong is kept for ``join()``.
  func read(_ index: Int, into receive: (Batch) -> ReadControl)
  /// Called when all have been read. True when they were all the records of the file, each whole and once: their rows have
  /// then been counted, and cells that could not be read put aside. False when the file must be read as a whole, because
  /// of an error, which then comes to light with its line, or because the stretches do not fit.
  func join() -> Bool
}

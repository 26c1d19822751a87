internal import Dispatch

/// The threads of the process.
public enum Threads {
  /// Has a thread made that waits for work. To be called early in `main`; results do not depend on it.
  ///
  /// The system lets a new thread start on the processor of the thread that made it, as soon as that has used up its turn
  /// of some milliseconds. A thread that waits is started at once on a processor that is free.
  public static func prepare() { DispatchQueue.global().async {} }
}

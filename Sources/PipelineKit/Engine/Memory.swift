internal import CMalloc
import Glibc

/// How the process uses the C library's allocator.
public enum Memory {
  /// Blocks of this size and more get a mapping of their own, and so much of the heap's end is kept when it is free.
  private static let mappedBytes = 1 << 26

  /// Settings for a program that makes and drops whole columns: one arena for all threads, and columns on the heap rather
  /// than in mappings of their own, so that one column's memory becomes the next one's without a page fault. To be called
  /// first thing in `main`; results do not depend on it.
  ///
  /// No large pages: on a virtual machine they may be ones that the host has taken back, and one then costs seven times
  /// the 512 small ones in its place.
  public static func configure() {
    mallopt(M_ARENA_MAX, 1)
    mallopt(M_MMAP_THRESHOLD, CInt(mappedBytes))
    mallopt(M_TRIM_THRESHOLD, CInt(2 * mappedBytes))
  }
}

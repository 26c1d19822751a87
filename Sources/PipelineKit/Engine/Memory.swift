internal import CMalloc

/// How the process uses the C library's allocator.
public enum Memory {
  /// Settings for a program that makes and drops whole columns: one arena for all threads, and columns on the heap rather
  /// than in mappings of their own, so that one column's memory becomes the next one's without a page fault. To be called
  /// first thing in `main`; results do not depend on it.
  public static func configure() {
    mallopt(M_ARENA_MAX, 1)
    mallopt(M_MMAP_THRESHOLD, 1 << 26)
    mallopt(M_TRIM_THRESHOLD, 1 << 26)
  }
}

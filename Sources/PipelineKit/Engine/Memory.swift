internal import CMalloc
import Glibc

/// How the process uses the C library's allocator.
public enum Memory {
  /// The first part of the heap, which large pages hold where the kernel has them: address space, no memory.
  private static let hugeBytes = 1 << 26

  /// Blocks of this size and more get a mapping of their own.
  private static let mappedBytes = 1 << 26

  /// Settings for a program that makes and drops whole columns: one arena for all threads, and columns on the heap rather
  /// than in mappings of their own, so that one column's memory becomes the next one's without a page fault. To be called
  /// first thing in `main`; results do not depend on it.
  public static func configure() {
    mallopt(M_ARENA_MAX, 1)
    mallopt(M_MMAP_THRESHOLD, CInt(mappedBytes))
    mallopt(M_TRIM_THRESHOLD, CInt(hugeBytes + mappedBytes))
    preferHugePages()
  }

  /// Lets the heap grow by ``hugeBytes`` at once, and asks for pages of 2 MiB there: one fault instead of 512.
  private static func preferHugePages() {
    let pageBytes = 1 << 21
    mallopt(M_TOP_PAD, CInt(hugeBytes))
    let block = malloc(pageBytes)
    let end = UInt(bitPattern: sbrk(0))
    free(block)
    mallopt(M_TOP_PAD, 1 << 17)
    // Where address space is short, the C library finds the block elsewhere.
    let start = UInt(bitPattern: block) & ~UInt(pageBytes - 1) + UInt(pageBytes)
    guard end > start, end - start < 2 * hugeBytes else { return }
    madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), MADV_HUGEPAGE)
  }
}

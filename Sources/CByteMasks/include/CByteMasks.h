#ifndef PEIL_BYTE_MASKS_H
#define PEIL_BYTE_MASKS_H

#include <stddef.h>
#include <stdint.h>

/// What stands up to the end of a line, that line's end included.
typedef struct {
  /// Separators and line ends outside quotes, from the first byte on.
  uint32_t marks;
  /// Double quotes, from the first byte on.
  uint32_t quotes;
} PeilLine;

/// Finds the separators and the line ends (CR, LF) outside double quotes in `count` bytes, which start outside quotes.
///
/// Lays down their places in `marks`, in order, and an entry for each line end in `lines`; returns how many lines there
/// are. Bytes are looked at 64 at a time: up to 63 behind the last one are read, and must be none of the three; `marks`
/// has room for 8 more than there are bytes, rounded up to 64.
size_t peil_find_marks(
    const uint8_t *_Nonnull bytes, size_t count, uint8_t separator, uint32_t *_Nonnull marks, PeilLine *_Nonnull lines);

/// ``peil_find_marks`` as processors without wide vectors do it.
size_t peil_find_marks_plainly(
    const uint8_t *_Nonnull bytes, size_t count, uint8_t separator, uint32_t *_Nonnull marks, PeilLine *_Nonnull lines);

/// Copies the values of 8 bytes of the rows whose reason byte is 0 to `out`, one behind the other, and returns how many
/// they are.
///
/// `out` has room for 4 more than that.
size_t peil_compact(
    const void *_Nonnull values, const uint8_t *_Nonnull reasons, size_t count, void *_Nonnull out);

/// ``peil_compact`` as processors without wide vectors do it.
size_t peil_compact_plainly(
    const void *_Nonnull values, const uint8_t *_Nonnull reasons, size_t count, void *_Nonnull out);

#endif

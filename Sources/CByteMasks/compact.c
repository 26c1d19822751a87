// Values of the rows that hold one, put next to each other: four at a time where the processor can.
#include "CByteMasks.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

size_t peil_compact_plainly(const void *values, const uint8_t *reasons, size_t count, void *out) {
  const char *value = values;
  char *place = out;
  for (size_t i = 0; i < count; i++) {
    // Written in any case; the place only moves on behind a value.
    memcpy(place, value + 8 * i, 8);
    place += reasons[i] == 0 ? 8 : 0;
  }
  return (size_t)(place - (char *)out) / 8;
}

#if defined(__x86_64__)

// What is asked for here, `peil_compact` checks.
#define WIDE __attribute__((target("avx2")))

/// For each set of four values the halves of those that are in it, one behind the other.
static const uint8_t halves[16][8] = {
    {0, 0, 0, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0, 0, 0}, {2, 3, 0, 0, 0, 0, 0, 0}, {0, 1, 2, 3, 0, 0, 0, 0},
    {4, 5, 0, 0, 0, 0, 0, 0}, {0, 1, 4, 5, 0, 0, 0, 0}, {2, 3, 4, 5, 0, 0, 0, 0}, {0, 1, 2, 3, 4, 5, 0, 0},
    {6, 7, 0, 0, 0, 0, 0, 0}, {0, 1, 6, 7, 0, 0, 0, 0}, {2, 3, 6, 7, 0, 0, 0, 0}, {0, 1, 2, 3, 6, 7, 0, 0},
    {4, 5, 6, 7, 0, 0, 0, 0}, {0, 1, 4, 5, 6, 7, 0, 0}, {2, 3, 4, 5, 6, 7, 0, 0}, {0, 1, 2, 3, 4, 5, 6, 7}};
static const uint8_t counts[16] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};

WIDE static size_t compactWide(const void *values, const uint8_t *reasons, size_t count, void *out) {
  const char *value = values;
  char *place = out;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m128i all = _mm_loadu_si128((const __m128i *)(reasons + i));
    const unsigned present = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(all, _mm_setzero_si128()));
    for (int part = 0; part < 4; part++) {
      const unsigned set = present >> (4 * part) & 15;
      const __m256i four = _mm256_loadu_si256((const __m256i *)(value + 8 * i + 32 * part));
      const __m256i order = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)halves[set]));
      _mm256_storeu_si256((__m256i *)place, _mm256_permutevar8x32_epi32(four, order));
      place += 8 * counts[set];
    }
  }
  return (size_t)(place - (char *)out) / 8 + peil_compact_plainly(value + 8 * i, reasons + i, count - i, place);
}

#endif

size_t peil_compact(const void *values, const uint8_t *reasons, size_t count, void *out) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return compactWide(values, reasons, count, out);
#endif
  return peil_compact_plainly(values, reasons, count, out);
}

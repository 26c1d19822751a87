// Where bytes of interest stand, 64 bytes at a time, by the widest vectors that the processor has. In C: Swift's own
// 64-byte vectors are slow, and it cannot choose between processors at run time.
#include "CByteMasks.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// Bit i of each mask says whether byte i is the separator, a CR or LF, or a double quote.
typedef struct {
  uint64_t separators;
  uint64_t lineEnds;
  uint64_t quotes;
} Masks;

#define INLINE static inline __attribute__((always_inline))

/// Bit i is the parity of bits 0 to i.
INLINE uint64_t parity(uint64_t bits) {
  for (int i = 1; i < 64; i *= 2) bits ^= bits << i;
  return bits;
}

/// The search, around a way to make masks.
INLINE size_t find(
    const uint8_t *bytes, size_t count, uint8_t separator, uint32_t *marks, PeilLine *lines,
    Masks (*masks)(const uint8_t *, uint8_t)) {
  PeilLine *line = lines;
  uint32_t markCount = 0, quoteCount = 0;
  uint64_t quotesBefore = 0;  // all ones inside quotes
  for (size_t block = 0; block < count; block += 64) {
    const Masks found = masks(bytes + block, separator);
    uint64_t places = found.separators | found.lineEnds, ends = found.lineEnds;
    if (found.quotes | quotesBefore) {
      const uint64_t inside = parity(found.quotes) ^ quotesBefore;
      quotesBefore = 0 - (inside >> 63);
      places &= ~inside;
      ends &= ~inside;
    }
    for (; ends; ends &= ends - 1) {
      const uint64_t upTo = ends ^ (ends - 1);  // this line end and all below it
      line->marks = markCount + (uint32_t)__builtin_popcountll(places & upTo);
      line->quotes = quoteCount + (found.quotes ? (uint32_t)__builtin_popcountll(found.quotes & upTo) : 0);
      line++;
    }
    // Eight at a time, whether there are as many or not: a branch for each would often be guessed wrong.
    uint32_t *mark = marks + markCount;
    markCount += (uint32_t)__builtin_popcountll(places);
    quoteCount += found.quotes ? (uint32_t)__builtin_popcountll(found.quotes) : 0;
    do {
      for (int i = 0; i < 8; i++) {
        uint64_t place = (uint64_t)__builtin_ctzll(places | 1ULL << 63);
        // One at a time: a compiler that counts in vectors instead is slower.
        __asm__("" : "+r"(place));
        mark[i] = (uint32_t)(block + place);
        places &= places - 1;
      }
      mark += 8;
    } while (places);
  }
  return (size_t)(line - lines);
}

#if defined(__x86_64__)

// What is asked for here, `peil_find_marks` checks.
#define WIDE __attribute__((target("avx2,bmi,popcnt")))

WIDE INLINE uint64_t equal(__m256i low, __m256i high, char byte) {
  const __m256i wanted = _mm256_set1_epi8(byte);
  const uint32_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
  const uint32_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));
  return a | (uint64_t)b << 32;
}

WIDE INLINE Masks wideMasks(const uint8_t *bytes, uint8_t separator) {
  const __m256i low = _mm256_loadu_si256((const __m256i *)bytes);
  const __m256i high = _mm256_loadu_si256((const __m256i *)(bytes + 32));
  return (Masks){
      equal(low, high, (char)separator), equal(low, high, '\n') | equal(low, high, '\r'), equal(low, high, '"')};
}

WIDE static size_t findWide(
    const uint8_t *bytes, size_t count, uint8_t separator, uint32_t *marks, PeilLine *lines) {
  return find(bytes, count, separator, marks, lines, wideMasks);
}

INLINE uint64_t equal16(const __m128i part[4], char byte) {
  const __m128i wanted = _mm_set1_epi8(byte);
  uint64_t mask = 0;
  for (int i = 0; i < 4; i++) mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(part[i], wanted)) << (16 * i);
  return mask;
}

INLINE Masks plainMasks(const uint8_t *bytes, uint8_t separator) {
  __m128i part[4];
  for (int i = 0; i < 4; i++) part[i] = _mm_loadu_si128((const __m128i *)(bytes + 16 * i));
  return (Masks){equal16(part, (char)separator), equal16(part, '\n') | equal16(part, '\r'), equal16(part, '"')};
}

#else

/// A bit for each of eight bytes that is `byte`: the high bit of every byte that is 0 after the difference is taken,
/// gathered by a multiplication.
INLINE uint64_t equal8(uint64_t word, uint8_t byte) {
  const uint64_t low = 0x7F7F7F7F7F7F7F7FULL, x = word ^ 0x0101010101010101ULL * byte;
  return ((~(((x & low) + low) | x | low)) >> 7) * 0x0102040810204080ULL >> 56;
}

INLINE Masks plainMasks(const uint8_t *bytes, uint8_t separator) {
  Masks masks = {0, 0, 0};
  for (int i = 0; i < 8; i++) {
    uint64_t word;
    memcpy(&word, bytes + 8 * i, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    masks.separators |= equal8(word, separator) << (8 * i);
    masks.lineEnds |= (equal8(word, '\n') | equal8(word, '\r')) << (8 * i);
    masks.quotes |= equal8(word, '"') << (8 * i);
  }
  return masks;
}

#endif

size_t peil_find_marks(
    const uint8_t *bytes, size_t count, uint8_t separator, uint32_t *marks, PeilLine *lines) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt")) {
    return findWide(bytes, count, separator, marks, lines);
  }
#endif
  return peil_find_marks_plainly(bytes, count, separator, marks, lines);
}

size_t peil_find_marks_plainly(
    const uint8_t *bytes, size_t count, uint8_t separator, uint32_t *marks, PeilLine *lines) {
  return find(bytes, count, separator, marks, lines, plainMasks);
}

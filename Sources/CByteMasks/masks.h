// Where bytes of interest stand among 64 bytes, one bit each: inlined into Swift, whose own 64-byte vectors are slow.
#ifndef PEIL_BYTE_MASKS_H
#define PEIL_BYTE_MASKS_H

#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

typedef struct {
  uint64_t separators;
  uint64_t lineEnds;
  uint64_t quotes;
} PeilByteMasks;

/// Bit i of each mask says whether byte i of the 64 at `bytes` is the separator, a CR or LF, or a double quote.
static inline PeilByteMasks peil_byte_masks(const uint8_t *bytes, uint8_t separator) {
  PeilByteMasks masks = {0, 0, 0};
#if defined(__SSE2__)
  const __m128i s = _mm_set1_epi8((char)separator), lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r'),
                q = _mm_set1_epi8('"');
  for (int i = 0; i < 4; i++) {
    const __m128i part = _mm_loadu_si128((const __m128i *)(bytes + 16 * i));
    const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(part, lf), _mm_cmpeq_epi8(part, cr));
    masks.separators |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(part, s)) << (16 * i);
    masks.lineEnds |= (uint64_t)(uint32_t)_mm_movemask_epi8(ends) << (16 * i);
    masks.quotes |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(part, q)) << (16 * i);
  }
#else
  // Eight bytes at a time: the high bit of every byte of x that is 0, gathered by a multiplication.
  for (int i = 0; i < 8; i++) {
    uint64_t word;
    memcpy(&word, bytes + 8 * i, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
#define PEIL_ZERO_BYTES(x)                                                                                  \
  (((~((((x) & 0x7F7F7F7F7F7F7F7FULL) + 0x7F7F7F7F7F7F7F7FULL) | (x) | 0x7F7F7F7F7F7F7F7FULL)) >> 7) *      \
       0x0102040810204080ULL >>                                                                             \
   56)
    masks.separators |= PEIL_ZERO_BYTES(word ^ (0x0101010101010101ULL * separator)) << (8 * i);
    masks.lineEnds |= (PEIL_ZERO_BYTES(word ^ 0x0A0A0A0A0A0A0A0AULL) | PEIL_ZERO_BYTES(word ^ 0x0D0D0D0D0D0D0D0DULL))
                      << (8 * i);
    masks.quotes |= PEIL_ZERO_BYTES(word ^ 0x2222222222222222ULL) << (8 * i);
#undef PEIL_ZERO_BYTES
  }
#endif
  return masks;
}

#endif

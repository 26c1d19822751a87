#ifndef PEIL_MALLOC_H
#define PEIL_MALLOC_H

#include <malloc.h>

/// Linux's own, which the C library declares under _GNU_SOURCE alone.
extern int sync_file_range(int descriptor, long offset, long length, unsigned int flags);

/// Asks the kernel to begin writing these bytes of a file to the disk, and does not wait.
static inline void peil_start_writeback(int descriptor, long offset, long length) {
  (void)sync_file_range(descriptor, offset, length, 2 /* SYNC_FILE_RANGE_WRITE */);
}

#endif

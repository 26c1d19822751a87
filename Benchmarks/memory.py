#!/usr/bin/env python3
"""Peak memory of reading inputs of growing size: it should not grow with them.

    python3 Benchmarks/memory.py                       # 10 MB, 100 MB and 1 GB of CSV and of Atom
    python3 Benchmarks/memory.py --megabytes 10,100

The inputs are the rows of the benchmark's data over and over (run.py makes those), in files under build/bench that are
removed again. "filter" reads every cell and keeps no row; "parquet" writes all rows, whose file's indices stay in memory
until its end.
"""

import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = ROOT / "build" / "bench"
CSV = 'decimal_mark: ",", markers: {".": unknown, "x": suppressed, "": not_applicable}, footer: "\u00a9"'
KINDS = {
  "cbs_dataset_csv": ("kerncijfers_2015.csv", "cbs_dataset_csv, " + CSV, b"\n", b"\n\xc2\xa9"),
  "cbs_dataset_atom": ("typeddataset_2024.xml", "cbs_dataset_atom", b"<entry>", b"</feed>"),
}
OUTPUTS = {
  "filter": "steps:\n  - {id: none, uses: filter, from: read, where: Codering_4 == 'no such code'}\n"
            "outputs:\n  - {sink: csv, from: none, path: none.csv}\n",
  "parquet": "outputs:\n  - {sink: parquet, from: read, path: all.parquet, status: none, level: 1}\n",
}


def copy(source, target, start, end):
  """Appends the bytes from `start` to `end` of a file to another, a piece at a time.

  A child starts with its parent's pages, and the kernel counts them as its peak: this program must stay small.
  """
  source.seek(start)
  while start < end:
    piece = source.read(min(1 << 20, end - start))
    target.write(piece)
    start += len(piece)


def grow(path, target, size, first, last):
  """Writes the content of the file `path` with its rows repeated until the result has `size` bytes; gives the size.

  Rows start at `first`, which stands near the file's start, and end at the last `last`.
  """
  with open(path, "rb") as source, open(target, "wb") as grown:
    length = source.seek(0, os.SEEK_END)
    source.seek(0)
    start = source.read(1 << 16).index(first)
    source.seek(length - (1 << 16))
    end = length - (1 << 16) + source.read().rindex(last)
    copy(source, grown, 0, start)
    for _ in range(max(1, round((size - start - (length - end)) / (end - start)))):
      copy(source, grown, start, end)
    copy(source, grown, end, length)
    return grown.tell()


def peak(command):
  """Peak resident memory of a command, in MiB."""
  child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
  _, status, usage = os.wait4(child.pid, 0)
  child.returncode = os.waitstatus_to_exitcode(status)
  if child.returncode:
    sys.exit("%s ended with %d" % (" ".join(map(str, command)), child.returncode))
  return usage.ru_maxrss / 1024


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--data", type=pathlib.Path, default=WORK / "data-1", help="the data (default: %(default)s)")
  parser.add_argument("--megabytes", default="10,100,1000", help="sizes of the inputs (default: %(default)s)")
  parser.add_argument("--threads", default="2", help="(default: %(default)s)")
  options = parser.parse_args()
  print("| adapter | input, MB | filter, peak MiB | parquet, peak MiB |\n|---|---|---|---|")
  for name, (source, adapter, first, last) in KINDS.items():
    for size in map(int, options.megabytes.split(",")):
      target = WORK / ("grown" + pathlib.Path(source).suffix)
      try:
        written = grow(options.data / source, target, size * 1_000_000, first, last)
        figures = []
        for output in OUTPUTS.values():
          path = WORK / "memory.yml"
          path.write_text("pipeline: memory\nsources:\n  read: {adapter: %s, files: %s}\n%s" % (adapter, target, output))
          figures.append(peak([".build/release/peil", "run", path, "--out", WORK / "out-memory", "--threads",
                               options.threads, "--force"]))
        print("| %s | %.0f | %.0f | %.0f |" % (name, written / 1e6, *figures), flush=True)
      finally:
        target.unlink(missing_ok=True)


if __name__ == "__main__":
  sys.exit(main())

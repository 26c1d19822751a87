#!/usr/bin/env python3
"""MB/s of the source adapters on one thread, beside the bare C libraries with callbacks that only count (floor.c).

    python3 Benchmarks/adapters.py             # after a run of run.py, which makes the data

Processor seconds of whole processes, in turns, the median of the rounds. "all" decodes every column, "some" 14 of them.
The first share is that of the whole run; the second leaves out what no reader does: the start of the program with its
checks (`peil check`) and the SHA-256 of the input (`openssl dgst`).
"""

import argparse
import pathlib
import resource
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = ROOT / "build" / "bench"
SOME = ["Codering_4", "AantalInwoners_5", "HuishoudensMetEenLaagInkomen_51", "PercentageEnergiearmoede_53",
        "PercentageProblematischeSchulden_54", "Nettoarbeidsparticipatie_46", "PercentageZonderStartkwalificatie_47",
        "PercentageOnderadvisering_48", "PercentageErvarenGezondheidSlecht_57", "PercentageOvergewicht_58",
        "PercentageErnstigEenzaam_59", "Geweldsmisdrijven_61", "VernielingenEnOverlast_62",
        "GemiddeldeWOZWaardeVanWoningen_29"]
CSV = 'decimal_mark: ",", markers: {".": unknown, "x": suppressed, "": not_applicable}, footer: "\u00a9"'
KINDS = {
  "cbs_dataset_csv, all": ("csv", "kerncijfers_*.csv", "cbs_dataset_csv, " + CSV, None, 0.65),
  "cbs_dataset_csv, some": ("csv", "kerncijfers_*.csv", "cbs_dataset_csv, " + CSV, SOME, None),
  "cbs_dataset_atom, all": ("xml", "typeddataset_*.xml", "cbs_dataset_atom", None, 0.85),
  "cbs_dataset_atom, some": ("xml", "typeddataset_*.xml", "cbs_dataset_atom", SOME, None),
  "cbs_odata4, long": ("csv", "observations_*.csv", "cbs_odata4", None, 0.65),
}


def seconds(command):
  """Processor seconds of a command on one processor, and what it printed."""
  before = resource.getrusage(resource.RUSAGE_CHILDREN)
  done = subprocess.run(["taskset", "-c", "0", *map(str, command)], capture_output=True, text=True, check=True, cwd=ROOT)
  after = resource.getrusage(resource.RUSAGE_CHILDREN)
  return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def pipeline(name, data, files, adapter, columns):
  """A pipeline that reads the columns and keeps no row."""
  path = WORK / (name.replace(", ", "_") + ".yml")
  first = columns[0] if columns else {"cbs_odata4": "Measure"}.get(adapter, "Codering_4")
  steps = ["{id: none, uses: filter, from: read, where: %s == 'no such code'}" % first]
  if columns:
    steps.append("{id: some, uses: select, from: none, columns: [%s]}" % ", ".join(columns))
  path.write_text("pipeline: speed\nsources:\n  read: {adapter: %s, files: %s/%s}\nsteps:\n%s"
                  "outputs:\n  - {sink: csv, from: %s, path: none.csv}\n" % (
                    adapter, data, files, "".join("  - %s\n" % step for step in steps), "some" if columns else "none"))
  return path


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--data", type=pathlib.Path, default=WORK / "data-1", help="the data (default: %(default)s)")
  parser.add_argument("--rounds", type=int, default=5, help="counted rounds (default: %(default)s)")
  options = parser.parse_args()
  floor = WORK / "floor"
  flags = subprocess.run(["xml2-config", "--cflags"], capture_output=True, text=True, check=True).stdout.split()
  subprocess.run(["cc", "-O2", "-w", HERE / "floor.c", "-o", floor, *flags, "-lcsv", "-lxml2"], check=True)
  print("| adapter | MB | peil MB/s | library MB/s | share of the run | share of the reader | bound |\n"
        "|---|---|---|---|---|---|---|")
  for name, (library, pattern, adapter, columns, bound) in KINDS.items():
    files = sorted(options.data.resolve().glob(pattern))
    if not files:
      continue
    path = pipeline(name, options.data.resolve(), pattern, adapter, columns)
    ours = [".build/release/peil", "run", path, "--out", WORK / "out-speed", "--threads", "1", "--force"]
    pairs = []
    for turn in range(options.rounds + 1):
      _, printed = seconds([floor, library, *files])
      mine, _ = seconds(ours)
      start, _ = seconds([".build/release/peil", "check", path])
      hashed, _ = seconds(["openssl", "dgst", "-sha256", *files])
      empty, _ = seconds(["openssl", "dgst", "-sha256", "/dev/null"])
      if turn:
        pairs.append((float(printed.split()[2]), mine, mine - start - (hashed - empty)))
    size = sum(file.stat().st_size for file in files) / 1e6
    figure = lambda of: statistics.median(of(*pair) for pair in pairs)
    print("| %s | %.0f | %.0f | %.0f | %.2f | %.2f | %s |" % (
      name, size, size / figure(lambda bare, run, reader: run), size / figure(lambda bare, run, reader: bare),
      figure(lambda bare, run, reader: bare / run), figure(lambda bare, run, reader: bare / reader), bound or ""))


if __name__ == "__main__":
  sys.exit(main())

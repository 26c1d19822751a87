#!/usr/bin/env python3
"""Monte Carlo of a composite: 60 areas of a national frame of 11,500, 30 indicators in 7 domains, weights and inputs drawn.

    python3 Benchmarks/simulate.py                     # 10,000 replicates, on one and on two threads, beside NumPy
    python3 Benchmarks/simulate.py --assert            # ends with 1 when two threads need 10 s or scores differ
    python3 Benchmarks/simulate.py --ours none         # NumPy alone

Each replicate draws Dirichlet weights and noise on every input of the 60 areas, places every indicator among the 11,500
areas of the base year (average ties), turns places into normal scores, sums them by domain, places the domain's value among
the base's, transforms it exponentially and weighs; then it weighs the base's 11,500 areas alike, finds the bound of its worst
fifth and counts. peil's figure is the wall time of a run with all replicates less that of a run with one, so that reading
and preparing do not count; the whole run is shown too. NumPy's (peers/simulate_numpy.py) is the time of its loop over fewer
replicates, per replicate. Runs are made in turns, and the median of the rounds is shown. Scores without noise must agree.
"""

import argparse
import csv
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = ROOT / "build" / "bench" / "simulate"
BOUND = 10.0
AREAS, OWN, SIZES = 11500, 60, (5, 5, 5, 5, 4, 3, 3)
WEIGHTS = (22.5, 22.5, 13.5, 13.5, 9.3, 9.3, 9.4)
MASK = (1 << 64) - 1
OURS = ".build/release/peil run {pipeline} --set replicates={replicates} --out {out} --threads {threads} --force"


def drawn(*parts):
  """An even draw for whole numbers, from 0 up to 1: SplitMix64."""
  z = 4
  for part in parts:
    z = (z ^ part) + 0x9E3779B97F4A7C15 & MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    z ^= z >> 31
  return (z >> 11) / (1 << 53)


def prepare():
  """Data, profile and pipeline, unless they are there."""
  WORK.mkdir(parents=True, exist_ok=True)
  names = ["i%02d" % i for i in range(sum(SIZES))]
  data = WORK / "areas.csv"
  if not data.exists():
    rows = ["area;year;own;" + ";".join(names)]
    for year in (2012, 2020):
      for area in range(AREAS):
        level = drawn(area, 1) + drawn(area, 2) - 1
        values = ["%.1f" % (40 + 20 * level + 30 * (drawn(area, year, 3 + i) - 0.5)) for i in range(len(names))]
        rows.append("B%05d;%d;%d;%s" % (area, year, int(area < OWN), ";".join(values)))
    data.write_text("\n".join(rows) + "\n")
  profile, start = ["profile: speed", "domains:"], 0
  for number, (size, weight) in enumerate(zip(SIZES, WEIGHTS)):
    profile.append("  - id: d%d\n    weight: %s\n    indicators:" % (number, weight))
    for i in range(start, start + size):
      direction = "higher_is_better" if i % 4 == 3 else "higher_is_worse"
      profile.append("      - {column: %s, direction: %s}" % (names[i], direction))
    start += size
  (WORK / "profile.yml").write_text("\n".join(profile) + "\n")
  types = ", ".join("%s: float64" % name for name in names)
  noise = ", ".join("%s: 0.05" % name for name in names)
  pipeline = WORK / "simulate.yml"
  pipeline.write_text("""pipeline: simulate
parameters: {replicates: 1}
sources:
  areas: {adapter: cbs_dataset_csv, files: areas.csv, types: {year: int64, own: int64, %s}}
steps:
  - id: certain
    uses: simulate
    from: areas
    profile: profile.yml
    area: area
    period: year
    base: 2012
    at: 2020
    where: own == 1
    weights: 200
    inputs: {%s}
    replicates: ${replicates}
outputs:
  - {sink: csv, from: certain, path: certain.csv}
""" % (types, noise))
  return pipeline


def wall(command):
  """Seconds of a command."""
  start = time.perf_counter()
  subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
  return time.perf_counter() - start


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--ours", default=OURS, help="the command of peil; none: NumPy alone (default: %(default)s)")
  parser.add_argument("--replicates", type=int, default=10000)
  parser.add_argument("--peer-replicates", type=int, default=300)
  parser.add_argument("--rounds", type=int, default=3, help="counted rounds (default: %(default)s)")
  parser.add_argument("--python", default=None, help="a Python with NumPy (default: that of build/bench/venv, or this one)")
  parser.add_argument("--assert", dest="hold", action="store_true", help="end with 1 when a bound is exceeded")
  options = parser.parse_args()
  pipeline = prepare()
  venv = ROOT / "build" / "bench" / "venv" / "bin" / "python"
  python = options.python or (str(venv) if venv.exists() else sys.executable)
  times, peer, scores = {1: [], 2: []}, [], {}
  whole = {1: [], 2: []}
  for _ in range(options.rounds):
    if options.ours != "none":
      for threads in times:
        seconds = []
        for replicates in (1, options.replicates):
          out = WORK / ("out-%d" % replicates)
          seconds.append(wall(shlex.split(options.ours.format(
            pipeline=pipeline, replicates=replicates, out=out, threads=threads))))
        times[threads].append(seconds[1] - seconds[0])
        whole[threads].append(seconds[1])
    done = subprocess.run(
      [python, str(HERE / "peers" / "simulate_numpy.py"), str(WORK), str(options.peer_replicates)],
      check=True, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
    lines = done.stdout.split("\n")
    peer.append(float(lines[0]) / options.peer_replicates)
    scores = dict(line.split(" ") for line in lines[1:] if line)
  each = statistics.median(peer)
  print("NumPy, one thread: %.3f ms a replicate (%d replicates), so %.1f s for %d" % (
    1000 * each, options.peer_replicates, each * options.replicates, options.replicates))
  if options.ours == "none":
    return 0
  for threads in times:
    own = statistics.median(times[threads])
    print("peil, %d thread%s: %.2f s for %d replicates (%.3f ms each), whole run %.2f s; NumPy's one thread takes %.1f times as long" % (
      threads, "s" if threads > 1 else "", own, options.replicates, 1000 * own / options.replicates,
      statistics.median(whole[threads]), each * options.replicates / own))
  with open(WORK / "out-1" / "certain.csv", newline="", encoding="utf-8-sig") as handle:
    head = handle.readline()
    handle.seek(0)
    ours = {row["area"]: float(row["score"]) for row in csv.DictReader(handle, delimiter=";" if ";" in head else ",")}
  worst = max(abs(ours[area] - float(score)) for area, score in scores.items())
  print("scores without noise: %d areas, largest difference %.1e" % (len(scores), worst))
  failed = worst > 1e-9 or len(scores) != OWN or statistics.median(times[2]) > BOUND
  if failed:
    print("a bound is exceeded: %g s on two threads, or a difference of 1e-9" % BOUND, file=sys.stderr)
  return 1 if options.hold and failed else 0


if __name__ == "__main__":
  sys.exit(main())

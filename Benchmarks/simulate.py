#!/usr/bin/env python3
"""Monte Carlo of a composite: 60 areas of a national frame of 11,500, 30 indicators in 7 domains, weights and inputs drawn.

    python3 Benchmarks/simulate.py                     # 10,000 replicates, on one and on two threads, beside NumPy
    python3 Benchmarks/simulate.py --assert            # ends with 1 when two threads need 10 s or scores differ
    python3 Benchmarks/simulate.py --ours none         # NumPy alone

Each replicate draws Dirichlet weights and noise on every input of the 60 areas, places every indicator among the 11,500
areas of the base year (average ties), turns places into normal scores, sums them by domain, places the domain's value among
the base's, transforms it exponentially and weighs; then it weighs the base's 11,500 areas alike, finds the bound of its worst
fifth and counts. peil's figure is the time of a run with all replicates less that of a run with one, so that reading and preparing do not
count; the whole run is shown too. NumPy's (peers/simulate_numpy.py) is the time of its loop over fewer replicates, per
replicate. Wall time first, processor time, which others on the machine hardly touch, in brackets. Runs are made in turns, and
the median of the rounds is shown. Scores without noise must agree. The second case has the size of the ASEM example of R's
COINr (51 units, 49 indicators, 8 groups), whose get_sensitivity took 92 ms a replicate on one core where it was measured.
"""

import argparse
import csv
import os
import pathlib
import resource
import shlex
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = ROOT / "build" / "bench" / "simulate"
BOUND = 10.0  # seconds, national, two threads
COINR = 0.092  # seconds a replicate, quoted


class Case:
  """Areas of the frame, those that are scored, and the indicators of each domain."""

  def __init__(self, name, areas, own, sizes, weights):
    self.areas, self.own, self.sizes, self.weights, self.folder = areas, own, sizes, weights, WORK / name


CASES = {
  "national": Case("national", 11500, 60, (5, 5, 5, 5, 4, 3, 3), (22.5, 22.5, 13.5, 13.5, 9.3, 9.3, 9.4)),
  "asem": Case("asem", 51, 51, (7, 6, 6, 6, 6, 6, 6, 6), (1,) * 8),
}
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


def prepare(case):
  """Data, profile and pipeline, unless they are there."""
  case.folder.mkdir(parents=True, exist_ok=True)
  names = ["i%02d" % i for i in range(sum(case.sizes))]
  data = case.folder / "areas.csv"
  if not data.exists():
    rows = ["area;year;own;" + ";".join(names)]
    for year in (2012, 2020):
      for area in range(case.areas):
        level = drawn(area, 1) + drawn(area, 2) - 1
        values = ["%.1f" % (40 + 20 * level + 30 * (drawn(area, year, 3 + i) - 0.5)) for i in range(len(names))]
        rows.append("B%05d;%d;%d;%s" % (area, year, int(area < case.own), ";".join(values)))
    data.write_text("\n".join(rows) + "\n")
  profile, start = ["profile: speed", "domains:"], 0
  for number, (size, weight) in enumerate(zip(case.sizes, case.weights)):
    profile.append("  - id: d%d\n    weight: %s\n    indicators:" % (number, weight))
    for i in range(start, start + size):
      direction = "higher_is_better" if i % 4 == 3 else "higher_is_worse"
      profile.append("      - {column: %s, direction: %s}" % (names[i], direction))
    start += size
  (case.folder / "profile.yml").write_text("\n".join(profile) + "\n")
  types = ", ".join("%s: float64" % name for name in names)
  noise = ", ".join("%s: 0.05" % name for name in names)
  pipeline = case.folder / "simulate.yml"
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


def seconds(command):
  """Wall and processor seconds of a command."""
  before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
  subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
  wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
  return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def middle(pairs):
  """The median of each of two figures."""
  return tuple(statistics.median(values) for values in zip(*pairs))


def measure(name, case, python, options):
  """Prints the figures of a case; whether a bound is exceeded."""
  pipeline = prepare(case)
  peer, ours, whole, scores = [], {1: [], 2: []}, {1: [], 2: []}, {}
  for _ in range(options.rounds):
    if options.ours != "none":
      for threads in ours:
        (wall, own), (all_wall, all_own) = (seconds(shlex.split(options.ours.format(
          pipeline=pipeline, replicates=replicates, out=case.folder / ("out-%d" % replicates), threads=threads)))
          for replicates in (1, options.replicates))
        ours[threads].append((all_wall - wall, all_own - own))
        whole[threads].append((all_wall, all_own))
    done = subprocess.run(
      [python, str(HERE / "peers" / "simulate_numpy.py"), str(case.folder), str(options.peer_replicates)],
      check=True, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
    lines = done.stdout.split("\n")
    peer.append(tuple(float(number) / options.peer_replicates for number in lines[0].split(" ")))
    scores = dict(line.split(" ") for line in lines[1:] if line)
  each = middle(peer)
  print("%s: %d areas in a frame of %d, %d indicators in %d domains" % (
    name, case.own, case.areas, sum(case.sizes), len(case.sizes)))
  print("  NumPy, one thread: %.3f ms a replicate (processor %.3f), %d replicates" % (
    1000 * each[0], 1000 * each[1], options.peer_replicates))
  if options.ours == "none":
    return False
  for threads in ours:
    wall, own = middle(ours[threads])
    print("  peil, %d thread%s: %.2f s for %d replicates (processor %.2f s, %.3f ms each), whole run %.2f s" % (
      threads, "s" if threads > 1 else "", wall, options.replicates, own, 1000 * own / options.replicates,
      middle(whole[threads])[0]))
  own = middle(ours[1])[1] / options.replicates
  print("  processor time of NumPy over peil's on one thread: %.0f" % (each[1] / own))
  if name == "asem":
    print("  COINr's 92 ms over peil's: %.0f" % (COINR / own))
  with open(case.folder / "out-1" / "certain.csv", newline="", encoding="utf-8-sig") as handle:
    found = {row["area"]: float(row["score"]) for row in csv.DictReader(handle)}
  worst = max(abs(found[area] - float(score)) for area, score in scores.items())
  print("  scores without noise: %d areas, largest difference %.1e" % (len(scores), worst))
  return worst > 1e-9 or len(scores) != case.own or name == "national" and middle(ours[2])[0] > BOUND


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--ours", default=OURS, help="the command of peil; none: NumPy alone (default: %(default)s)")
  parser.add_argument("--replicates", type=int, default=10000)
  parser.add_argument("--peer-replicates", type=int, default=300)
  parser.add_argument("--rounds", type=int, default=3, help="counted rounds (default: %(default)s)")
  parser.add_argument("--python", default=None, help="a Python with NumPy (default: that of build/bench/venv, or this one)")
  parser.add_argument("--assert", dest="hold", action="store_true", help="end with 1 when a bound is exceeded")
  options = parser.parse_args()
  venv = ROOT / "build" / "bench" / "venv" / "bin" / "python"
  python = options.python or (str(venv) if venv.exists() else sys.executable)
  failed = [name for name, case in CASES.items() if measure(name, case, python, options)]
  if failed:
    print("a bound is exceeded in %s: %g s on two threads, or a difference of 1e-9" % (", ".join(failed), BOUND),
          file=sys.stderr)
  return 1 if options.hold and failed else 0


if __name__ == "__main__":
  sys.exit(main())

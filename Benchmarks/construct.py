#!/usr/bin/env python3
"""Measures the construction of an index: 14,000 areas, 49 indicators, on one thread, beside NumPy; and 300 draws of how 51 areas
rank under other choices, beside the 92 ms a draw that COINr 1.1.14 takes for 51 x 49.

    python3 Benchmarks/construct.py            # makes environment and data under build/bench, prints a table
    python3 Benchmarks/construct.py --assert   # ends with 1 when a bound is exceeded or results differ

Times are those inside the process, without start, reading and writing: `peil run --timings` and a clock in the peer.
"""

import argparse
import hashlib
import os
import pathlib
import re
import statistics
import subprocess
import sys

import run

STEPS = ["treated", "scaled", "combined", "ranked"]
CHAIN_BOUND = 0.1        # seconds
DRAWS, COINR = 300, 0.092
DRAW_BOUND = COINR / 200  # seconds a draw


def data(python):
  """The folder with the input, made when it is not there or its generator changed."""
  folder, script = run.WORK / "construct", run.HERE / "construct_data.py"
  stamp, mark = folder / "generator.sha256", hashlib.sha256(script.read_bytes()).hexdigest()
  if not stamp.exists() or stamp.read_text() != mark:
    subprocess.run([python, script, folder], check=True)
    stamp.write_text(mark)
  return folder


def ours(program, folder, out):
  """Milliseconds of each step in one run on one processor."""
  processor = min(os.sched_getaffinity(0))
  done = subprocess.run(
    [program, "run", "Benchmarks/construct.yml", "--set", "data=%s" % folder, "--out", out, "--threads", "1", "--force",
     "--timings"], cwd=run.ROOT, capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, {processor}))
  if done.returncode:
    raise run.Failure(done.stdout + done.stderr)
  # `     12.3 ms  40 MiB  step treated`
  found = re.findall(r"^ *([0-9.]+) ms +\S+ MiB +(.*)$", done.stderr, re.M)
  return {name.split()[-1]: float(number) for number, name in found}


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--rounds", type=int, default=7, help="counted rounds (default: %(default)s)")
  parser.add_argument("--peil", default=str(run.ROOT / ".build/release/peil"), help="the program")
  parser.add_argument("--assert", dest="bounds", action="store_true", help="end with 1 when a bound does not hold")
  options = parser.parse_args()
  run.WORK.mkdir(parents=True, exist_ok=True)
  python = run.environment()
  folder = data(python)
  outs = {"peil": run.WORK / "out-construct-peil", "numpy": run.WORK / "out-construct-numpy"}
  rounds, peers = [], []
  for turn in range(options.rounds + 1):
    figure = ours(options.peil, folder, outs["peil"])
    one = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    peer = subprocess.run(
      [python, run.HERE / "peers" / "construct_numpy.py", folder, outs["numpy"]], check=True, capture_output=True,
      text=True, env=one)
    if turn:
      rounds.append(figure)
      peers.append(float(peer.stdout.split()[-1]))
  print(run.describe(python) + "\n")
  print("| step | ms, median (least to most) |\n|---|---|")
  for step in STEPS + ["perturbed"]:
    own = [figure[step] for figure in rounds]
    print("| %s | %.1f (%.1f to %.1f) |" % (step, statistics.median(own), min(own), max(own)))
  chains = [sum(figure[step] for step in STEPS) / 1000 for figure in rounds]
  draw = statistics.median(figure["perturbed"] for figure in rounds) / 1000 / DRAWS
  peer = statistics.median(peers)
  print("| chain | %.1f (%.1f to %.1f) |" % tuple(1000 * f(chains) for f in (statistics.median, min, max)))
  print("| chain in NumPy | %.1f (%.1f to %.1f) |\n" % tuple(1000 * f(peers) for f in (statistics.median, min, max)))
  lines, agree = run.agreement(python, run.Job(["index.parquet"], [], {}), outs)
  print("results: %s" % lines)
  print("of NumPy's time: %.2f; a draw takes %.3f ms, COINr's 92 ms: %.0f times as fast" % (
    statistics.median(chains) / peer, 1000 * draw, COINR / draw))
  right = [run.verdict("seconds of the chain", statistics.median(chains), CHAIN_BOUND),
           run.verdict("milliseconds a draw", 1000 * draw, 1000 * DRAW_BOUND)]
  return 0 if agree and (all(right) or not options.bounds) else 1


if __name__ == "__main__":
  try:
    sys.exit(main())
  except run.Failure as failure:
    sys.exit("construct.py: %s" % failure)

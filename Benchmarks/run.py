#!/usr/bin/env python3
"""Measures a job: peil beside Polars, DuckDB, pyarrow, pandas and data.table, in turns, on one and on two threads.

    python3 Benchmarks/run.py                           # the composite; makes its environment and data under build/bench
    python3 Benchmarks/run.py --job extract             # another job: extract, micro, pivot
    python3 Benchmarks/run.py --assert                  # ends with 1 when a bound is exceeded or results differ
    python3 Benchmarks/run.py --ours none --scale 1     # the peers alone
    python3 Benchmarks/run.py --data DIR --threads 2    # on data that lie elsewhere

Benchmarks/README.md tells what is measured and how to read it.
"""

import argparse
import hashlib
import json
import os
import pathlib
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = ROOT / "build" / "bench"
OURS = ".build/release/peil run Benchmarks/{job}.yml --set data={data} --out {out} --threads {threads} --force"
MODULES = {"polars": "polars", "duckdb": "duckdb", "pandas": "pandas", "arrow": "pyarrow"}
R_PACKAGES = {"datatable": ["data.table", "jsonlite"]}
PEERS = {*MODULES, *R_PACKAGES}
MEMORY_BOUND = 0.3                # of the most frugal peer
GROWTH_BOUND = 4.3                # of the time, at four times the data


class Job:
  """What a job leaves, who else can do it, and how fast peil should be: wall time of the fastest peer, by threads."""

  def __init__(self, files, peers, wall, memory=None, kinds="areas"):
    self.files, self.peers, self.wall, self.memory, self.kinds = files, peers, wall, memory, kinds


JOBS = {
  "composite": Job(["summary.json", "composite.parquet"], ["polars", "duckdb", "pandas"], {1: 0.30, 2: 0.20}, MEMORY_BOUND),
  "extract": Job(["kerncijfers.parquet", "typeddataset.parquet"], ["polars", "duckdb", "arrow", "pandas"], {2: 0.20}),
  "micro": Job(["summary.json", "counts.parquet"], ["polars", "duckdb", "datatable"], {2: 0.45}, 1 / 3, "persons"),
  "pivot": Job(["wide.parquet"], ["polars", "duckdb"], {2: 0.40}),
}


class Failure(Exception):
  """Something that ends the run with a message."""


def environment():
  """The Python of a virtual environment with the pinned peers, made or renewed when the list of versions changed."""
  wanted = HERE / "requirements.txt"
  folder = WORK / "venv"
  stamp, mark = folder / "requirements.sha256", hashlib.sha256(wanted.read_bytes()).hexdigest()
  if not stamp.exists() or stamp.read_text() != mark:
    print("making the environment in %s" % folder, file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", wanted], check=True)
    stamp.write_text(mark)
  return folder / "bin" / "python"


def generated(python, scale, kinds):
  """The folder with the data of a scale, made when it is not there or the generator changed."""
  folder = WORK / ("%s-%g" % ("data" if kinds == "areas" else kinds, scale))
  parts = [HERE / "generate.py", HERE / "measures.py"]
  stamp, mark = folder / "generator.sha256", hashlib.sha256(b"".join(p.read_bytes() for p in parts)).hexdigest()
  if not stamp.exists() or stamp.read_text() != mark:
    print("generating %s" % folder, file=sys.stderr)
    subprocess.run([python, HERE / "generate.py", "--out", folder, "--scale", "%g" % scale, "--kinds", kinds], check=True)
    stamp.write_text(mark)
  return folder


def has_r(packages):
  """Whether R is there with these packages."""
  if not shutil.which("Rscript"):
    return False
  wanted = "quit(status = !all(c(%s) %%in%% rownames(installed.packages())))" % ", ".join('"%s"' % name for name in packages)
  return subprocess.run(["Rscript", "-e", wanted], capture_output=True).returncode == 0


def peer_command(python, job, name, data, out, threads):
  """How a peer is started."""
  is_r = name in R_PACKAGES
  script = HERE / "peers" / ("%s_%s.%s" % (job, name, "R" if is_r else "py"))
  return [*(["Rscript"] if is_r else [python, "-B"]), script, data, out, "--threads", str(threads)]


def measured(command, threads, out):
  """Runs one program into an emptied folder: wall seconds, processor seconds, peak memory in MiB."""
  shutil.rmtree(out, ignore_errors=True)
  processors = sorted(os.sched_getaffinity(0))
  pin = (lambda: os.sched_setaffinity(0, processors[:1])) if threads == 1 else None
  log = out.with_suffix(".log")
  with open(log, "wb") as handle:
    start = time.monotonic()
    child = subprocess.Popen(command, cwd=ROOT, stdout=handle, stderr=subprocess.STDOUT, preexec_fn=pin)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
  child.returncode = os.waitstatus_to_exitcode(status)
  if child.returncode != 0:
    text = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise Failure("ended with %d: %s\n%s" % (child.returncode, shlex.join(map(str, command)), text))
  return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def in_turns(programs, threads, rounds, warm):
  """Runs all programs one after the other, `warm` rounds uncounted; the figures of each program by round."""
  figures = {name: [] for name in programs}
  for turn in range(warm + rounds):
    for name, (command, out) in programs.items():
      figure = measured(command, threads, out)
      if turn >= warm:
        figures[name].append(figure)
  return figures


def median_ratio(above, below, part):
  """The median over the rounds of one program's figure divided by another's of the same round."""
  return statistics.median(a[part] / b[part] for a, b in zip(above, below))


def median(figures, part):
  """The median of one figure over the rounds."""
  return statistics.median(figure[part] for figure in figures)


def agreement(python, job, outs):
  """Compares the results of all programs in a process of its own; the lines it printed and whether all agree."""
  command = [python, HERE / "compare.py", ",".join(job.files), *["%s=%s" % pair for pair in outs.items()]]
  done = subprocess.run(command, capture_output=True, text=True)
  return (done.stdout + done.stderr).strip(), done.returncode == 0


def describe(python):
  """One line on the machine and the versions."""
  model = platform.machine()
  with open("/proc/cpuinfo", encoding="utf-8") as lines:
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
  versions = "import importlib.metadata as m; print(', '.join('%s %s' % (n, m.version(n)) for n in {!r}))".format(sorted(MODULES.values()))
  peers = subprocess.run([python, "-c", versions], capture_output=True, text=True, check=True).stdout.strip()
  return "%s, %d processors; Python %s, %s" % (model, len(os.sched_getaffinity(0)), platform.python_version(), peers)


def report(threads, scale, figures):
  """Table rows of one scale, the fastest first, and the names of the fastest and the most frugal peer."""
  peers = [name for name in figures if name in PEERS]
  fastest = min(peers, key=lambda name: median(figures[name], 0)) if peers else None
  frugal = min(peers, key=lambda name: median(figures[name], 2)) if peers else None
  for name in sorted(figures, key=lambda name: median(figures[name], 0)):
    rounds = figures[name]
    walls = [figure[0] for figure in rounds]
    ratio = lambda peer, part: "%.2f" % median_ratio(rounds, figures[peer], part) if peer else "-"
    print("| %g | %d | %s | %.2f (%.2f to %.2f) | %.2f | %.0f | %s | %s |" % (
      scale, threads, name, median(rounds, 0), min(walls), max(walls), median(rounds, 1), median(rounds, 2),
      ratio(fastest, 0), ratio(frugal, 2)), flush=True)
  return fastest, frugal


def verdict(what, value, bound):
  """A checked bound: prints it and tells whether it holds. A bound of None is a figure to print alone."""
  if bound is None:
    print("%s: %.2f" % (what, value))
    return True
  holds = value <= bound
  print("%s: %s: %.2f (bound %.2f)" % ("holds" if holds else "EXCEEDED", what, value, bound))
  return holds


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--job", default="composite", choices=sorted(JOBS), help="the job (default: %(default)s)")
  parser.add_argument("--threads", default="1,2", help="numbers of threads (default: %(default)s)")
  parser.add_argument("--scale", default="1,4", help="sizes; beyond the first only ours runs (default: %(default)s)")
  parser.add_argument("--peers-everywhere", action="store_true", help="run the peers at every scale")
  parser.add_argument("--rounds", type=int, default=5, help="counted rounds (default: %(default)s)")
  parser.add_argument("--warm", type=int, default=1, help="uncounted rounds before (default: %(default)s)")
  parser.add_argument("--peers", help="which peers (default: all that have the job)")
  parser.add_argument("--ours", default=OURS, help="our command, or none (default: %(default)s)")
  parser.add_argument("--data", type=pathlib.Path, help="take this folder instead of generating data")
  parser.add_argument("--json", type=pathlib.Path, help="write the figures of every round here")
  parser.add_argument("--assert", dest="bounds", action="store_true", help="end with 1 when a bound does not hold")
  options = parser.parse_args()
  scales = [1.0] if options.data else [float(text) for text in options.scale.split(",")]
  job = JOBS[options.job]
  peers = job.peers if options.peers is None else [name for name in options.peers.split(",") if name]
  for name in [name for name in peers if name in R_PACKAGES and not has_r(R_PACKAGES[name])]:
    print("left out: %s, which needs R with %s" % (name, " and ".join(R_PACKAGES[name])), file=sys.stderr)
    peers = [other for other in peers if other != name]
  ours = None if options.ours == "none" else options.ours
  if unknown := set(peers) - set(job.peers):
    raise Failure("unknown peer %s; there are %s" % (", ".join(sorted(unknown)), ", ".join(job.peers)))
  if ours == OURS and not (ROOT / ".build/release/peil").exists():
    raise Failure(".build/release/peil is not there: type `swift build -c release` first, or give --ours none")
  WORK.mkdir(parents=True, exist_ok=True)
  python = environment()
  data = {scale: options.data.resolve() if options.data else generated(python, scale, job.kinds) for scale in scales}

  print(describe(python) + "\n")
  print("| scale | threads | program | wall s (least to most) | cpu s | peak MiB | wall / fastest peer |"
        " peak / most frugal peer |\n|---|---|---|---|---|---|---|---|")
  verdicts, raw, agreements = [], [], []
  for threads in map(int, options.threads.split(",")):
    if threads > len(os.sched_getaffinity(0)):
      print("\nno %d processors here: left out\n" % threads, file=sys.stderr)
      continue
    programs = {}
    for scale in scales:
      for name in peers if scale == scales[0] or options.peers_everywhere else []:
        out = WORK / ("out-%s-%g-%s" % (options.job, scale, name))
        programs[scale, name] = (peer_command(python, options.job, name, data[scale], out, threads), out)
      if ours:
        out = WORK / ("out-%s-%g-peil" % (options.job, scale))
        filled = ours.format(job=options.job, data=shlex.quote(str(data[scale])), out=shlex.quote(str(out)), threads=threads)
        programs[scale, "peil"] = (shlex.split(filled), out)
    figures = in_turns(programs, threads, options.rounds, options.warm)
    for scale in scales:
      here = {name: figures[s, name] for s, name in programs if s == scale}
      if not here:
        continue
      fastest, frugal = report(threads, scale, here)
      raw.extend({"scale": scale, "threads": threads, "program": name, "rounds": here[name]} for name in here)
      if ours and fastest and scale == scales[0]:
        where = "on %d thread%s" % (threads, "" if threads == 1 else "s")
        wall, peak = median_ratio(here["peil"], here[fastest], 0), median_ratio(here["peil"], here[frugal], 2)
        verdicts.append(("wall time %s of %s" % (where, fastest), wall, job.wall.get(threads)))
        verdicts.append(("peak memory %s of %s" % (where, frugal), peak, job.memory))
      outs = {name: programs[s, name][1] for s, name in programs if s == scale}
      if len(outs) > 1:
        agreements.append(("results at scale %g, threads %d" % (scale, threads), agreement(python, job, outs)))
    for name in dict.fromkeys(name for _, name in programs):
      if len(scales) > 1 and (scales[-1], name) in figures:
        ratio = median_ratio(figures[scales[-1], name], figures[scales[0], name], 0)
        bound = GROWTH_BOUND if name == "peil" and scales[-1] == 4 * scales[0] else None
        times = scales[-1] / scales[0]
        verdicts.append(("time of %s, threads %d, at %g times the data" % (name, threads, times), ratio, bound))
  print()
  for title, (lines, _) in agreements:
    print("%s: %s" % (title, lines))
  agreed = all(same for _, (_, same) in agreements)
  right = all([verdict(*item) for item in verdicts])
  if options.json:
    options.json.write_text(json.dumps(raw, indent=1) + "\n")
  return 0 if agreed and (right or not options.bounds) else 1


if __name__ == "__main__":
  try:
    sys.exit(main())
  except Failure as failure:
    sys.exit("run.py: %s" % failure)

"""The construct job as a user of NumPy would write it: whole columns at a time. Prints the seconds of the chain alone,
without reading and writing, as its last line. `construct_numpy.py DATA OUT`"""

import pathlib
import sys
import time

import numpy
import pyarrow
import pyarrow.parquet

NAMES = ["i%02d" % number for number in range(1, 50)]
PILLARS = [list(range(6 * p, 6 * p + 6)) for p in range(8)]
PILLARS[7].append(48)


def shape(x):
  """Skewness and excess kurtosis, adjusted for n."""
  n = len(x)
  d = x - x.mean()
  s2, s3, s4 = (d * d).sum(), (d * d * d).sum(), (d * d * d * d).sum()
  skew = numpy.sqrt(n * (n - 1)) / (n - 2) * numpy.sqrt(n) * s3 / s2 ** 1.5
  r = n * s4 / (s2 * s2)
  return skew, ((n + 1) * (r - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))


def passes(skew, kurtosis):
  return abs(skew) < 2 or kurtosis < 3.5


def treated(x):
  """COINr's two stages."""
  skew, kurtosis = shape(x)
  if passes(skew, kurtosis):
    return x
  y, high, low = x.copy(), 0, 0
  while not passes(skew, kurtosis) and high + low < 5:
    if skew >= 0:
      at = y == y.max()
      y[at] = y[~at].max()
      high = at.sum()
    else:
      at = y == y.min()
      y[at] = y[~at].min()
      low = at.sum()
    skew, kurtosis = shape(y)
  return y if passes(skew, kurtosis) else numpy.log(x - x.min() + 0.01 * (x.max() - x.min()))


def chain(values):
  """Treatment, min-max 1 to 100, aggregates over four levels, ranks."""
  scaled = numpy.full_like(values, numpy.nan)
  for column in range(49):
    there = ~numpy.isnan(values[:, column])
    x = treated(values[there, column])
    x = -x if (column + 1) % 4 == 0 else x
    scaled[there, column] = (x - x.min()) / (x.max() - x.min()) * 99 + 1
  pillars = numpy.full((len(values), 8), numpy.nan)
  for number, parts in enumerate(PILLARS):
    own = scaled[:, parts]
    count = (~numpy.isnan(own)).sum(axis=1)
    enough = count >= 0.5 * len(parts) - 1e-12
    pillars[enough, number] = numpy.nansum(own[enough], axis=1) / count[enough]
  halves = numpy.stack([pillars[:, :5].mean(axis=1), pillars[:, 5:].mean(axis=1)], axis=1)
  index = numpy.exp(numpy.log(halves).mean(axis=1))
  rank = numpy.full(len(index), -1)
  there = ~numpy.isnan(index)
  ordered = numpy.sort(-index[there])
  rank[there] = numpy.searchsorted(ordered, -index[there]) + 1
  return pillars, halves, index, rank


def main():
  data, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
  out.mkdir(parents=True, exist_ok=True)
  table = pyarrow.parquet.read_table(data / "areas.parquet")
  values = numpy.stack([table[name].to_numpy() for name in NAMES], axis=1)
  times = []
  for _ in range(5):
    start = time.perf_counter()
    pillars, halves, index, rank = chain(values)
    times.append(time.perf_counter() - start)
  columns = {"code": table["code"]}
  columns.update({"p%d" % (p + 1): pillars[:, p] for p in range(8)})
  columns.update({"s1": halves[:, 0], "s2": halves[:, 1], "index": index})
  made = {name: pyarrow.array(c, mask=numpy.isnan(c)) if name != "code" else c for name, c in columns.items()}
  made["rank"] = pyarrow.array(rank, mask=rank < 0)
  pyarrow.parquet.write_table(pyarrow.table(made), out / "index.parquet")
  print("%.6f" % sorted(times)[2])


if __name__ == "__main__":
  main()

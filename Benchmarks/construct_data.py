"""Writes the input of construct.yml into a folder: areas.parquet (14,000 areas) and few.parquet (the first 51 of other values),
49 made-up indicators each, some with long tails, one cell in a hundred missing. The same bytes on every machine."""

import pathlib
import sys

import numpy
import pyarrow
import pyarrow.parquet


def table(rows, seed):
  """Indicators of `rows` areas that share a common factor."""
  random = numpy.random.Generator(numpy.random.PCG64(seed))
  common = random.standard_normal(rows)
  columns = {"code": ["BU%08d" % row for row in range(rows)]}
  for number in range(1, 50):
    values = 0.6 * common * (-1 if number % 4 == 0 else 1) + 0.8 * random.standard_normal(rows)
    values = numpy.exp(values) if number % 7 == 0 else 50 + 10 * values
    if number % 5 == 0:
      values[random.integers(0, rows, 3)] *= 40
    there = random.random(rows) >= 0.01
    columns["i%02d" % number] = pyarrow.array(numpy.round(values, 6), mask=~there)
  return pyarrow.table(columns)


if __name__ == "__main__":
  folder = pathlib.Path(sys.argv[1])
  folder.mkdir(parents=True, exist_ok=True)
  pyarrow.parquet.write_table(table(14_000, 49), folder / "areas.parquet")
  pyarrow.parquet.write_table(table(51, 51), folder / "few.parquet")

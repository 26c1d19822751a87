"""Compares the results of a job: `compare.py FILE,FILE NAME=FOLDER NAME=FOLDER ...`, every program against the first.

A .json file must hold the same keys and the same numbers; a .parquet file the same rows in the same order, the same
values and the same nulls in every column of the first program. Numbers agree when they differ by at most 1e-9 of the
larger of 1 and the value. Columns that only another program has are allowed when they end in `_status`.
"""

import json
import math
import pathlib
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

TOLERANCE = 1e-9


def leaves(value, path=""):
  """Every number and text of a JSON value with its path."""
  if isinstance(value, dict):
    for key in sorted(value):
      yield from leaves(value[key], "%s/%s" % (path, key))
  elif isinstance(value, list):
    for index, item in enumerate(value):
      yield from leaves(item, "%s/%d" % (path, index))
  else:
    yield path, value


def near(a, b):
  """Whether two JSON leaves agree."""
  if isinstance(a, (int, float)) and isinstance(b, (int, float)):
    return math.isfinite(b) and abs(a - b) <= TOLERANCE * max(1, abs(a))
  return a == b


def summary_difference(first, second):
  """The first difference between two summaries, or None."""
  a, b = dict(leaves(first)), dict(leaves(second))
  for path in sorted(a.keys() | b.keys()):
    if path not in a or path not in b:
      return "%s is in one only" % path
    if not near(a[path], b[path]):
      return "%s is %r and %r" % (path, a[path], b[path])
  return None


def numeric(kind):
  """Whether an Arrow type is a number."""
  return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def column_difference(name, first, second):
  """The first difference between two columns, or None."""
  if numeric(first.type) != numeric(second.type):
    return "%s is %s and %s" % (name, first.type, second.type)
  nulls = pc.not_equal(pc.is_null(first), pc.is_null(second))
  if pc.any(nulls).as_py():
    row = pc.index(nulls, True).as_py()
    return "%s, row %d: %r and %r" % (name, row, first[row].as_py(), second[row].as_py())
  if numeric(first.type):
    a, b = first.cast(pa.float64()), second.cast(pa.float64())
    bound = pc.multiply(pc.max_element_wise(pc.abs(a), pa.scalar(1.0), skip_nulls=False), TOLERANCE)
    same = pc.less_equal(pc.abs(pc.subtract(a, b)), bound)
  else:
    same = pc.equal(first.cast(pa.large_string()), second.cast(pa.large_string()))
  wrong = pc.invert(pc.fill_null(same, True))
  if pc.any(wrong).as_py():
    row = pc.index(wrong, True).as_py()
    return "%s, row %d: %r and %r" % (name, row, first[row].as_py(), second[row].as_py())
  return None


def table_difference(first, second):
  """The first difference between two tables, or None."""
  extra = [name for name in second.column_names if name not in first.column_names and not name.endswith("_status")]
  lacking = [name for name in first.column_names if name not in second.column_names]
  if lacking or extra:
    return "columns lacking: %s; too many: %s" % (lacking, extra)
  if first.num_rows != second.num_rows:
    return "%d rows and %d" % (first.num_rows, second.num_rows)
  for name in first.column_names:
    found = column_difference(name, first[name].combine_chunks(), second[name].combine_chunks())
    if found:
      return found
  return None


def loaded(path):
  """A result: a JSON value or a table; a program without Parquet leaves its tables as CSV."""
  if not path.exists() and path.with_suffix(".csv").exists():
    return pa.csv.read_csv(path.with_suffix(".csv"))
  return json.loads(path.read_text(encoding="utf-8")) if path.suffix == ".json" else pq.read_table(path)


def main():
  files = sys.argv[1].split(",")
  pairs = [argument.split("=", 1) for argument in sys.argv[2:]]
  (first, folder), *others = pairs
  wrong, sizes = set(), []
  for file in files:
    mine = loaded(pathlib.Path(folder) / file)
    if file.endswith(".parquet"):
      sizes.append("%s %d rows, %d columns" % (file, mine.num_rows, mine.num_columns))
    for name, other in others:
      try:
        its = loaded(pathlib.Path(other) / file)
        found = summary_difference(mine, its) if file.endswith(".json") else table_difference(mine, its)
      except (OSError, ValueError, pa.ArrowException) as error:
        found = str(error)
      if found:
        wrong.add(name)
        print("%s differs from %s: %s: %s" % (name, first, file, found))
  if not wrong:
    print("%s agree: %s" % (", ".join(name for name, _ in pairs), "; ".join(sizes)))
  return 1 if wrong else 0


if __name__ == "__main__":
  sys.exit(main())

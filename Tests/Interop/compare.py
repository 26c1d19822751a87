"""Compares one Parquet file, through three readers, with the CSV of the same table."""

import datetime
import json
import math
import re

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SCHEMA_KEY = "peil.schema"
# The five types: pyarrow's, DuckDB's, Polars's and the name in peil.schema.
ARROW = {"float64": pa.float64(), "int64": pa.int64(), "string": pa.large_string(), "bool": pa.bool_(),
         "date": pa.date32()}
DUCKDB = {"DOUBLE": "float64", "BIGINT": "int64", "VARCHAR": "string", "BOOLEAN": "bool", "DATE": "date"}
POLARS = {pl.Float64: "float64", pl.Int64: "int64", pl.String: "string", pl.Boolean: "bool", pl.Date: "date"}
ROLES = {"key", "measure", "weight", "status"}
DIRECTIONS = {"higher_is_better", "higher_is_worse"}
FIELD = re.compile(r'"((?:[^"]|"")*)"|([^",\r\n]*)')


class Difference(Exception):
  """The first thing that is not as it should be, in words."""


def check(parquet, text, bare=lambda name: False):
  """Checks `parquet` against `text`; the number of rows and columns. `bare` tells which columns need no unit.

  Raises Difference at the first difference.
  """
  table, types = through_pyarrow(parquet)
  reasons = check_schema_text(parquet, table, types, bare)
  for reader, read in (("DuckDB", through_duckdb), ("Polars", through_polars)):
    try:
      other, other_types = read(parquet)
    except (duckdb.Error, pl.exceptions.PolarsError, pa.ArrowException, OSError) as error:
      raise Difference("%s cannot read it: %s" % (reader, error))
    same_types(reader, types, other_types)
    same_values(reader, table, other, types)
  header, rows = read_csv(text)
  if header != table.column_names:
    raise Difference("the CSV has the columns %s, the Parquet file %s" % (header, table.column_names))
  if len(rows) != table.num_rows:
    raise Difference("the CSV has %d rows, the Parquet file %d" % (len(rows), table.num_rows))
  for position, name in enumerate(header):
    check_cells(name, types[name], table[name].to_pylist(), [row[position] for row in rows])
  check_status(table, reasons)
  return table.num_rows, table.num_columns


# ---------------------------------------------------------------------------------------------------------- readers
def canonical(table, types):
  """The table with one chunk a column and each in the Arrow type of its kind."""
  return pa.table({name: table[name].cast(ARROW[types[name]]).combine_chunks() for name in table.column_names})


def through_pyarrow(path):
  """Table and kinds of the columns as pyarrow reads them, page checksums verified."""
  try:
    table = pq.read_table(path, page_checksum_verification=True)
  except (pa.ArrowException, OSError) as error:
    raise Difference("pyarrow cannot read it: %s" % error)
  types = {}
  for field in table.schema:
    kind = field.type
    plain = pa.large_string() if pa.types.is_string(kind) else kind
    types[field.name] = next((name for name, known in ARROW.items() if known == plain), None)
    if types[field.name] is None:
      raise Difference("column %s: pyarrow reads the type %s, which is none of %s" % (field.name, kind, sorted(ARROW)))
  if len(types) != table.num_columns:
    raise Difference("two columns have the same name: %s" % table.column_names)
  return canonical(table, types), types


def through_duckdb(path):
  """Likewise DuckDB."""
  with duckdb.connect() as database:
    relation = database.from_parquet(str(path))
    types = {name: DUCKDB.get(str(kind), str(kind)) for name, kind in zip(relation.columns, relation.types)}
    table = relation.to_arrow_table()
  return canonical(table, types) if set(types.values()) <= set(ARROW) else None, types


def through_polars(path):
  """Likewise Polars."""
  frame = pl.read_parquet(path)
  types = {name: POLARS.get(kind, str(kind)) for name, kind in frame.schema.items()}
  return canonical(frame.to_arrow(), types) if set(types.values()) <= set(ARROW) else None, types


def same_types(reader, types, other):
  """Names in order, and kinds."""
  if list(types) != list(other):
    raise Difference("%s reads the columns %s, pyarrow %s" % (reader, list(other), list(types)))
  for name, kind in types.items():
    if other[name] != kind:
      raise Difference("column %s: %s reads the type %s, pyarrow %s" % (name, reader, other[name], kind))


def same_values(reader, table, other, types):
  """Every value, floating point bit for bit, and every null."""
  if table.num_rows != other.num_rows:
    raise Difference("%s reads %d rows, pyarrow %d" % (reader, other.num_rows, table.num_rows))
  for name in table.column_names if table.num_rows else []:
    a, b = table[name].combine_chunks(), other[name].combine_chunks()
    differs = pc.not_equal(pc.is_null(a), pc.is_null(b)).to_numpy(zero_copy_only=False)
    if types[name] == "float64":
      bits = lambda column: column.fill_null(0.0).to_numpy(zero_copy_only=False).view(np.int64)
      differs = differs | (bits(a) != bits(b))
    else:
      differs = differs | pc.fill_null(pc.not_equal(a, b), False).to_numpy(zero_copy_only=False)
    if differs.any():
      row = int(differs.argmax())
      raise Difference("column %s, row %d: %s reads %r, pyarrow %r" % (
        name, row + 1, reader, b[row].as_py(), a[row].as_py()))


# ------------------------------------------------------------------------------------------------------ peil.schema
def key_values(path):
  """The key-value metadata by reader, as text."""
  decoded = lambda value: value.decode("utf-8") if isinstance(value, bytes) else value
  arrow = {decoded(k): decoded(v) for k, v in (pq.read_metadata(path).metadata or {}).items()}
  with duckdb.connect() as database:
    rows = database.execute("SELECT key, value FROM parquet_kv_metadata(?)", [str(path)]).fetchall()
  return {"pyarrow": arrow, "DuckDB": {decoded(k): decoded(v) for k, v in rows},
          "Polars": pl.read_parquet_metadata(path)}


def check_schema_text(path, table, types, bare):
  """The footer's description: there for all readers, one object a column, with units and origins.

  Returns the columns that hold the missing reasons of another.
  """
  found = key_values(path)
  for reader, entries in found.items():
    if SCHEMA_KEY not in entries:
      raise Difference("%s finds no key %s in the footer, only %s" % (reader, SCHEMA_KEY, sorted(entries)))
    if entries[SCHEMA_KEY] != found["pyarrow"][SCHEMA_KEY]:
      raise Difference("%s and pyarrow read a different %s" % (reader, SCHEMA_KEY))
  try:
    fields = json.loads(found["pyarrow"][SCHEMA_KEY])
    names = [field["name"] for field in fields]
  except (ValueError, TypeError, KeyError) as error:
    raise Difference("%s is not a JSON array of objects with a name: %r" % (SCHEMA_KEY, error))
  if names != table.column_names:
    raise Difference("%s describes the columns %s, the file has %s" % (SCHEMA_KEY, names, table.column_names))
  for field in fields:
    name, role = field["name"], field.get("role")
    where = "column %s: %s " % (name, SCHEMA_KEY)
    if field.get("type") != types[name]:
      raise Difference(where + "says the type %s, the file %s" % (field.get("type"), types[name]))
    if role not in ROLES:
      raise Difference(where + "says the role %r, which is none of %s" % (role, sorted(ROLES)))
    if field.get("direction") not in DIRECTIONS | {None}:
      raise Difference(where + "says the direction %r" % field["direction"])
    if not isinstance(field.get("decimals", 0), int):
      raise Difference(where + "says the decimals %r" % field["decimals"])
    if role == "status" and name.removesuffix("_status") not in names:
      raise Difference(where + "says that it holds reasons, but of which column?")
    if role in ("measure", "weight") and types[name] in ("float64", "int64") and not bare(name):
      if not isinstance(field.get("unit"), str) or not field["unit"]:
        raise Difference(where + "gives no unit")
      origins = field.get("origin")
      if not isinstance(origins, list) or not origins or not all(isinstance(o, dict) and o for o in origins):
        raise Difference(where + "gives no origin")
  return [field["name"] for field in fields if field["role"] == "status"]


# -------------------------------------------------------------------------------------------------------------- CSV
def read_csv(path):
  """Header and rows; a cell is a pair of text and whether it was quoted."""
  try:
    text = path.read_bytes().decode("utf-8")
  except UnicodeDecodeError as error:
    raise Difference("the CSV is not UTF-8: %s" % error)
  if text.startswith("\ufeff"):
    raise Difference("the CSV begins with a byte order mark")
  if not text.endswith("\n"):
    raise Difference("the CSV does not end with a line feed")
  lines, line, at = [], [], 0
  while at < len(text):
    match = FIELD.match(text, at)
    quoted = match[1] is not None
    line.append((match[1].replace('""', '"') if quoted else match[2], quoted))
    at = match.end()
    mark = text[at:at + 1]
    if mark not in (",", "\n") or not mark:
      raise Difference("the CSV, row %d, field %d: a comma or line feed should follow, not %r" % (
        len(lines), len(line), mark))
    at += 1
    if mark == "\n":
      lines.append(line)
      line = []
  header = [cell for cell, _ in lines[0]]
  for number, row in enumerate(lines[1:], 1):
    if len(row) != len(header):
      raise Difference("the CSV, row %d has %d fields, the header %d" % (number, len(row), len(header)))
  return header, lines[1:]


def significant(text):
  """The digits of a decimal that count: neither leading nor trailing zeros, mark or exponent."""
  return re.sub(r"[eE].*$", "", text).lstrip("+-").replace(".", "").strip("0")


def read_back(kind, text):
  """The value that a cell's text stands for; ValueError when it stands for none."""
  if kind == "float64":
    return float(text)
  if kind == "int64":
    if not re.fullmatch(r"-?[0-9]+", text):
      raise ValueError(text)
    return int(text)
  if kind == "bool":
    return {"true": True, "false": False}.get(text)
  return datetime.date.fromisoformat(text)


def check_cells(name, kind, values, cells):
  """One column of the CSV against the values of the Parquet file."""
  for row, (value, (text, quoted)) in enumerate(zip(values, cells), 1):
    where = "column %s, row %d: " % (name, row)
    if value is None:
      if quoted or text:
        raise Difference(where + "missing in the Parquet file, %r in the CSV" % (text,))
    elif kind == "string":
      if not quoted:
        what = "an unquoted %r" % text if text else "missing"
        raise Difference(where + "%r in the Parquet file, %s in the CSV" % (value, what))
      if text != value:
        raise Difference(where + "%r in the Parquet file, %r in the CSV" % (value, text))
    else:
      if quoted or not text:
        what = "a quoted %r" % text if quoted else "missing"
        raise Difference(where + "%r in the Parquet file, %s in the CSV" % (value, what))
      try:
        other = read_back(kind, text)
      except ValueError:
        raise Difference(where + "%r in the CSV is no %s" % (text, kind))
      if not equal(kind, value, other):
        raise Difference(where + "%r in the Parquet file, %r in the CSV" % (value, text))
      if kind == "float64" and math.isfinite(value) and len(significant(text)) > len(significant(repr(value))):
        raise Difference(where + "%r in the CSV has more digits than needed: %r" % (text, value))


def equal(kind, a, b):
  """Equality; of floating point with the sign of zero, and NaN is itself."""
  if kind == "float64":
    return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
  return a == b and type(a) is type(b)


def check_status(table, reasons):
  """Each column with a status column: a reason exactly where the value is missing."""
  for status in reasons if table.num_rows else []:
    name = status.removesuffix("_status")
    wrong = pc.equal(pc.is_null(table[name]), pc.is_null(table[status]))
    if pc.any(wrong).as_py():
      row = pc.index(wrong, True).as_py()
      raise Difference("column %s, row %d: the value is %r and its reason %r" % (
        name, row + 1, table[name][row].as_py(), table[status][row].as_py()))

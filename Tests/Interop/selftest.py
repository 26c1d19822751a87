"""Checks the checks: a small Parquet file and its CSV, whole and then damaged in one way at a time."""

import copy
import datetime
import json
import pathlib
import tempfile

import pyarrow as pa
import pyarrow.parquet as pq

from compare import SCHEMA_KEY, Difference, check

ORIGIN = [{"producer": "CBS", "table": "84799NED", "column": "AantalInwoners_5"}]
COLUMNS = {
  "code": (pa.string(), "key", ["BU01411000", "BU01411001", "", 'a "b", c\nd', "é"]),
  "day": (pa.date32(), "measure", [datetime.date(2020, 1, 1), None, datetime.date(1969, 12, 31)] + [None] * 2),
  "scored": (pa.bool_(), "measure", [True, False, None, True, None]),
  "inhabitants": (pa.int64(), "measure", [2390, 0, None, -5, 2**62 + 1]),
  "inhabitants_status": (pa.string(), "status", [None, None, "unknown", None, None]),
  "share_pct": (pa.float64(), "measure", [73.1, -0.0, None, 1e-7, 0.1 + 0.2]),
}
CSV = ('"code","day","scored","inhabitants","inhabitants_status","share_pct"\n'
       '"BU01411000",2020-01-01,true,2390,,73.1\n'
       '"BU01411001",,false,0,,-0\n'
       '"",1969-12-31,,,"unknown",\n'
       '"a ""b"", c\nd",,true,-5,,1e-7\n'
       '"é",,,4611686018427387905,,0.30000000000000004\n')
NAMES = {pa.string(): "string", pa.date32(): "date", pa.bool_(): "bool", pa.int64(): "int64", pa.float64(): "float64"}


def described():
  """The objects of peil.schema for the small table."""
  fields = []
  for name, (kind, role, _) in COLUMNS.items():
    field = {"name": name, "type": NAMES[kind], "role": role}
    if role == "measure" and kind in (pa.int64(), pa.float64()):
      field.update(unit="%" if kind == pa.float64() else "inhabitants", origin=ORIGIN)
    fields.append(field)
  return fields


def write(folder, columns=COLUMNS, fields=None, text=CSV, damage=None):
  """Writes the pair; `damage` changes the bytes of the Parquet file. The two paths."""
  schema = pa.schema([(name, kind) for name, (kind, _, _) in columns.items()])
  if fields is not False:
    schema = schema.with_metadata({SCHEMA_KEY: json.dumps(described() if fields is None else fields)})
  table = pa.table([pa.array(values, kind) for kind, _, values in columns.values()], schema=schema)
  parquet, csv = folder / "small.parquet", folder / "small.csv"
  pq.write_table(table, parquet, compression="zstd", write_page_checksum=True, use_dictionary=["code"])
  if damage:
    parquet.write_bytes(damage(parquet.read_bytes()))
  csv.write_bytes(text.encode("utf-8"))
  return parquet, csv


def changed_column(name, row, value):
  """The columns with one value another."""
  columns = copy.deepcopy(COLUMNS)
  columns[name][2][row] = value
  return columns


def changed_field(name, **changes):
  """peil.schema with some members of one column another; None takes a member away."""
  fields = described()
  for field in fields:
    if field["name"] == name:
      field.update(changes)
      for key in [key for key, value in field.items() if value is None]:
        del field[key]
  return fields


def changed_text(old, new):
  """The CSV with one place another."""
  assert CSV.count(old) == 1, old
  return CSV.replace(old, new)


def flipped(data):
  """The file with one bit of its first page's data another: behind the page header, before the second page."""
  at = data.index(b"\x28\xb5\x2f\xfd") + 12  # within the first zstd frame
  return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def retyped(columns):
  """The columns with the inhabitants as 32 bits."""
  result = dict(columns)
  result["inhabitants"] = (pa.int32(), "measure", [2390, 0, None, -5, 7])
  return result


# What is damaged, the message that must tell of it, how the pair is written.
CASES = [
  ("nothing", None, {}),
  ("a value in the Parquet file", "column inhabitants, row 1: 2391",
   {"columns": changed_column("inhabitants", 0, 2391)}),
  ("a value in the CSV", "column share_pct, row 1: 73.1", {"text": changed_text("73.1", "73.2")}),
  ("the last digit of a number", "0.30000000000000004 in the Parquet file, '0.3'",
   {"text": changed_text("0.30000000000000004", "0.3")}),
  ("the sign of zero", "row 2: -0.0 in the Parquet file, '0'", {"text": changed_text(",-0\n", ",0\n")}),
  ("digits that are not needed", "more digits than needed", {"text": changed_text("73.1", "73.099999999999994316")}),
  ("a null lost in the Parquet file", "column share_pct, row 3: 0.0 in the Parquet file, missing",
   {"columns": changed_column("share_pct", 2, 0.0)}),
  ("a null lost in the CSV", "column day, row 2: missing in the Parquet file",
   {"text": changed_text('"BU01411001",,', '"BU01411001",2020-01-01,')}),
  ("a value turned into a null", "column scored, row 2: missing in the Parquet file, 'false'",
   {"columns": changed_column("scored", 1, None)}),
  ("an empty string turned into a missing one", "column code, row 3: '' in the Parquet file, missing",
   {"text": changed_text('"",1969', ",1969")}),
  ("a reason without a missing value", "column inhabitants, row 1: the value is 2390 and its reason 'unknown'",
   {"columns": changed_column("inhabitants_status", 0, "unknown"), "text": changed_text("2390,,", '2390,"unknown",')}),
  ("a reason lost", "column inhabitants, row 3: the value is None and its reason None",
   {"columns": changed_column("inhabitants_status", 2, None), "text": changed_text('"unknown"', "")}),
  ("a unit lost", "column share_pct: peil.schema gives no unit", {"fields": changed_field("share_pct", unit=None)}),
  ("an empty unit", "column share_pct: peil.schema gives no unit", {"fields": changed_field("share_pct", unit="")}),
  ("an origin lost", "column inhabitants: peil.schema gives no origin",
   {"fields": changed_field("inhabitants", origin=None)}),
  ("a wrong type in the description", "says the type float64, the file int64",
   {"fields": changed_field("inhabitants", type="float64")}),
  ("a column not described", "describes the columns", {"fields": described()[:-1]}),
  ("no description", "finds no key peil.schema", {"fields": False}),
  ("a type that peil does not have", "pyarrow reads the type int32", {"columns": retyped(COLUMNS)}),
  ("a row lost in the CSV", "the CSV has 4 rows", {"text": CSV[:CSV.index('"é"')]}),
  ("a bit of a page", "pyarrow cannot read it", {"damage": flipped}),
]


def run():
  """Runs all cases; 0 when the whole pair passes and every damage is told of."""
  failed = 0
  for what, expected, how in CASES:
    with tempfile.TemporaryDirectory() as folder:
      pair = write(pathlib.Path(folder), **how)
      try:
        check(*pair)
        message = None
      except Difference as difference:
        message = str(difference)
    right = message == expected if expected is None else message is not None and expected in message
    failed += not right
    print("%s  %s: %s" % ("ok  " if right else "FAIL", what, message or "no difference"))
  print("%d passed, %d failed" % (len(CASES) - failed, failed))
  return 1 if failed else 0

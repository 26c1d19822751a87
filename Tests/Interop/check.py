#!/usr/bin/env python3
"""Checks that others read what peil writes: every X.parquet against the X.csv beside it, value for value.

    python3 Tests/Interop/check.py DIR ...        # folders that `peil run` wrote, searched with all below them
    python3 Tests/Interop/check.py --self-test    # shows on small damaged files that the checks catch what they should

Each Parquet file is read by pyarrow (page checksums verified), DuckDB and Polars. The three must agree on column names,
types and every value; the values must be those of the CSV, null for null; the footer key `peil.schema` must describe
every column. Makes its own environment under build/venv-interop with the versions in requirements.txt.

The CSV: RFC 4180 with commas and LF, UTF-8, a header row; strings always quoted, so that an empty string is `""` and a
missing value is nothing; numbers as the shortest decimal that reads back; true and false; ISO dates. A column
`<name>_status` holds the reason where <name> is missing and is missing where it is not.
"""

import argparse
import fnmatch
import json
import hashlib
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
VENV = HERE.parent.parent / "build" / "venv-interop"


def enter_environment():
  """Goes on in the environment with the pinned readers; makes or renews it when the list of versions changed."""
  wanted = HERE / "requirements.txt"
  stamp, mark = VENV / "requirements.sha256", hashlib.sha256(wanted.read_bytes()).hexdigest()
  if not stamp.exists() or stamp.read_text() != mark:
    print("making the environment in %s" % VENV, file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    pip = [VENV / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", wanted], check=True)
    stamp.write_text(mark)
  if pathlib.Path(sys.prefix).resolve() != VENV.resolve():
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, "-B", str(HERE / "check.py"), *sys.argv[1:]])


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("folders", nargs="*", type=pathlib.Path, metavar="DIR", help="what `peil run` wrote")
  parser.add_argument("--bare", action="append", default=[], metavar="GLOB",
                      help="numeric columns that need neither unit nor origin; may be given more than once")
  parser.add_argument("--self-test", action="store_true", help="check the checks")
  options = parser.parse_args()
  if bool(options.folders) == options.self_test:
    parser.error("give folders, or --self-test")
  enter_environment()
  sys.path.insert(0, str(HERE))
  if options.self_test:
    import selftest
    return selftest.run()
  from compare import Difference, check
  passed = failed = 0
  bare = lambda name: any(fnmatch.fnmatchcase(name, pattern) for pattern in options.bare)
  for folder in options.folders:
    if not folder.is_dir():
      sys.exit("check.py: %s is not a folder" % folder)
    for parquet in sorted(folder.rglob("*.parquet")):
      text = parquet.with_suffix(".csv")
      if not text.exists():
        print("left  %s: no %s beside it" % (parquet, text.name))
        continue
      try:
        rows, columns = check(parquet, text, bare)
        passed += 1
        print("ok    %s: %d rows, %d columns" % (parquet, rows, columns))
      except Difference as difference:
        failed += 1
        print("FAIL  %s: %s" % (parquet, difference))
    for summary in sorted(folder.rglob("summary.json")):
      import jsonschema
      schema = HERE.parent.parent / "Documentation" / "schemas" / "summary.schema.json"
      try:
        jsonschema.validate(json.loads(summary.read_text("utf-8")), json.loads(schema.read_text("utf-8")))
        passed += 1
        print("ok    %s: as its JSON Schema says" % summary)
      except jsonschema.ValidationError as error:
        failed += 1
        print("FAIL  %s: %s" % (summary, error.message))
  if passed + failed == 0:
    print("no Parquet file with a CSV beside it in %s" % ", ".join(map(str, options.folders)))
  print("%d passed, %d failed" % (passed, failed))
  return 0 if passed and not failed else 1


if __name__ == "__main__":
  sys.exit(main())

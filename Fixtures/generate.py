#!/usr/bin/env python3
"""Writes the synthetic fixtures of Pipelines/balance.yml: health and key figures per area in the byte shapes of CBS.

    python3 Fixtures/generate.py            writes the files beside this script
    python3 Fixtures/generate.py --check    makes them anew elsewhere and compares byte for byte

All values are made up. A value is a hash (SplitMix64) of the seed, a stream and the area's code, carried on with
additions, multiplications and divisions alone, so the bytes are the same on every machine. Python 3, standard library.
"""

import argparse
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from country import YEARS, areas, drawn  # noqa: E402
import attractiveness  # noqa: E402
import labour  # noqa: E402
import research  # noqa: E402
import shapes  # noqa: E402

PAGE = 50  # entries on the first Atom page, as the service's feed had


def tenths(x):
  """A number with one decimal; halves go up."""
  n = int(x * 10 + 0.5)
  return "%d.%d" % (n // 10, n % 10)


def rounded(count, step, *parts):
  """`count` as one of the two neighbouring multiples of `step` at random, the nearer one more often."""
  low = count // step * step
  return low + (step if drawn("rounding", *parts) * step < count - low else 0)


TENS = {"PersonenPerSoortUitkeringBijstand_83", "PersonenPerSoortUitkeringAO_84", "PersonenPerSoortUitkeringWW_85",
        "PersonenPerSoortUitkeringAOW_86"}
FIVES = {"PersonenautoSTotaal_99", "PersonenautoSBrandstofBenzine_100", "PersonenautoSOverigeBrandstof_101",
         "Motorfietsen_104"}
AS_IS = {"OppervlakteTotaal_110", "OppervlakteLand_111", "OppervlakteWater_112"}


def kwb_row(number, area):
  """One row of the key figures. Small areas are rounded to fives, and below a threshold some topics stay empty."""
  local = area.level in ("Wijk", "Buurt")
  c, n, households = area.counts, area.counts["AantalInwoners_5"], area.counts["HuishoudensTotaal_28"]
  row = {name: "" for name in shapes.KWB_COLUMNS}
  row.update(ID=str(number), WijkenEnBuurten=area.code.ljust(10), Gemeentenaam_1=area.gemeente.ljust(40),
             SoortRegio_2=area.level.ljust(10), Codering_3=area.code.ljust(10))
  u = drawn("change", area.code)
  row["IndelingswijzigingWijkenEnBuurten_4"] = "." if not local else "3" if u < 0.045 else "2" if u < 0.053 else "1"
  for topic, count in c.items():
    if topic in AS_IS:
      row[topic] = str(count)
    elif topic in TENS:
      row[topic] = str((count + 5) // 10 * 10) if n >= 50 else ""
    elif topic in FIVES:
      row[topic] = str((count + 2) // 5 * 5)
    elif topic in row:
      row[topic] = str(rounded(count, 5, topic, area.code) if local else count)
  if households > 0:
    row["GemiddeldeHuishoudensgrootte_32"] = tenths(c["private"] / households)
  if n >= 10:
    row["Bevolkingsdichtheid_33"] = str(int(100 * n / c["OppervlakteLand_111"] + 0.5))
    for topic in ("AfstandTotGroteSupermarkt_106", "AfstandTotKinderdagverblijf_107"):
      row[topic] = tenths(area.means[topic])
  if households >= 50:
    row["PersonenautoSPerHuishouden_102"] = tenths(c["PersonenautoSTotaal_99"] / households)
    per_square_kilometre = 100 * c["PersonenautoSTotaal_99"] / c["OppervlakteLand_111"]
    row["PersonenautoSNaarOppervlakte_103"] = str(int(per_square_kilometre + 0.5))
  row["MeestVoorkomendePostcode_113"] = ".".rjust(10)
  if n > 0 or drawn("addresses", area.code) > 0.3:
    density = int(area.means["Omgevingsadressendichtheid_116"] + 0.5)
    row["Omgevingsadressendichtheid_116"] = str(density)
    row["MateVanStedelijkheid_115"] = str(5 - sum(density >= bound for bound in (500, 1000, 1500, 2500)))
    if area.level == "Buurt":
      row["MeestVoorkomendePostcode_113"] = str(1000 + int(drawn("postcode", area.parent.code) * 8999)).rjust(10)
      row["Dekkingspercentage_114"] = str(1 + int(1.2 * drawn("cover", area.code)))
  return [row[name] for name in shapes.KWB_COLUMNS]


def rivm_row(number, area, year):
  """One row of the health figures: asked topics are unknown where hardly anybody lives, other topics are empty."""
  code = "NL01" if area.level == "Land" else area.code
  n, u, step = area.counts["AantalInwoners_5"], drawn("withheld", area.code), YEARS.index(year)
  share_withheld = 0.30 - 0.01 * step if n < 50 else (0.008, 0.005, 0.002)[step]
  known = area.level in ("Land", "Gemeente") or (n > 0 and u >= share_withheld)
  row = [str(3 * number + step), "20300", "MW00000", code.ljust(10), "%dJJ00" % year, area.gemeente.ljust(40),
         area.level.ljust(10), code.ljust(20)]
  for topic in shapes.RIVM_COLUMNS[8:]:
    if (year, topic) not in area.health:
      row.append("")
    else:
      row.append(tenths(area.health[year, topic]).rjust(8) if known else shapes.UNKNOWN)
  return row


def region_entry(area):
  """One area of the list of areas with its title and description."""
  code, name = area.code, area.name
  key = "'%s'" % code.ljust(10)
  if area.level == "Land":
    return key, shapes.region(code, name, None, None)
  inside = "in de gemeente '%s'." % area.gemeente
  text = {"Gemeente": lambda: "Gemeente '%s' (%s)" % (name, code),
          "Wijk": lambda: "Wijk '%s' (%s) is een wijk %s" % (name, code, inside),
          "Buurt": lambda: "Buurt '%s' (%s) is een buurt in wijk '%s' %s" % (name, code, area.parent.name, inside)}
  return key, shapes.region(code, name, text[area.level](), "GM" + code[2:6])


def files():
  """Every file: its path below Fixtures and its bytes."""
  every = areas()
  for year in YEARS:
    rows = [rivm_row(i, area, year) for i, area in enumerate(every)]
    yield "rivm/synthetic_50090NED_%d_UntypedDataSet.csv" % year, shapes.csv_bytes(shapes.RIVM_COLUMNS, rows)
  rows = [kwb_row(i, area) for i, area in enumerate(every)]
  table = shapes.KWB_TABLE
  yield "kwb/synthetic_%s_TypedDataSet.csv" % table, shapes.csv_bytes(shapes.KWB_COLUMNS, rows)
  subset = [i for i, area in enumerate(every) if area.level == "Land" or area.code[2:6] == "0141"]
  name = "kwb/synthetic_%s_%%s_Almelo%%s.atom.xml" % table
  entries = [(rows[i][0], shapes.typed(rows[i])) for i in subset]
  typed = lambda some, following: shapes.feed_bytes(table, "TypedDataSet", "TData", some, following)
  yield name % ("TypedDataSet", "_page1"), typed(entries[:PAGE], PAGE)
  yield name % ("TypedDataSet", "_page2"), typed(entries[PAGE:], None)
  entries = [(rows[i][0], shapes.untyped(rows[i])) for i in subset]
  yield name % ("UntypedDataSet", ""), shapes.feed_bytes(table, "UntypedDataSet", "UData", entries)
  entries = [region_entry(every[i]) for i in subset]
  yield name % ("WijkenEnBuurten", ""), shapes.feed_bytes(table, "WijkenEnBuurten", "Category", entries)
  yield from labour.files()
  yield from research.files(every)
  yield from attractiveness.files()


def write(folder):
  """Writes every file below `folder`; the paths and sizes."""
  sizes = []
  for path, data in files():
    full = os.path.join(folder, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as handle:
      handle.write(data)
    sizes.append((path, len(data)))
  return sizes


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--check", action="store_true", help="compare with what is there instead of writing")
  here = os.path.dirname(os.path.abspath(__file__))
  parser.add_argument("--out", default=here, help="the folder (default: this one)")
  options = parser.parse_args()
  if not options.check:
    for path, size in write(options.out):
      print("%9d  %s" % (size, path))
    return 0
  wrong = []
  with tempfile.TemporaryDirectory() as folder:
    made = write(folder)
    for path, _ in made:
      there = os.path.join(options.out, path)
      with open(os.path.join(folder, path), "rb") as handle:
        fresh = handle.read()
      if not os.path.exists(there):
        wrong.append("%s: is not there; run `make fixtures`" % path)
      else:
        with open(there, "rb") as handle:
          if handle.read() != fresh:
            wrong.append("%s: differs from what the generator makes; run `make fixtures`" % path)
  for line in wrong:
    print(line, file=sys.stderr)
  print("%d of %d fixtures are as generated" % (len(made) - len(wrong), len(made)))
  return 1 if wrong else 0


if __name__ == "__main__":
  sys.exit(main())

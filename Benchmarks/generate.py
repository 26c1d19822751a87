#!/usr/bin/env python3
"""Writes the benchmark's data: ten years of wide CSV files, one Atom feed that revises the last year, and persons.

    python3 Benchmarks/generate.py --out build/bench/data-1              # the size of the Dutch tables
    python3 Benchmarks/generate.py --out build/bench/data-4 --scale 4    # four times as many areas
    python3 Benchmarks/generate.py --out build/bench/persons-1 --kinds persons

kerncijfers_YYYY.csv    2015 to 2024; UTF-8 with BOM, `;`, CRLF, strings quoted, numbers bare with a decimal comma,
                        missing as `.`, `x` or nothing, a last line with a copyright sign; rows for the country,
                        gemeenten, wijken and buurten
observations_2024.csv   OData v4 bulk download of the buurten of the last year, one row a cell
typeddataset_2024.xml   OData v3 Atom, one entry a buurt: one value in eight differs from the CSV, some `.` filled in
persons.csv             ten million persons (--kinds persons): year, buurt, age, level of education and of work, gemeente
                        of work, sector; `;`, LF, nothing where a person has no work or the level is not known
spec.json               the composite: indicators with weight and direction, the benchmark group, the focus

Values are hashes (SplitMix64) of seed, stream and area, so the bytes do not depend on the machine. Needs numpy.
"""

import argparse
import json
import os
import sys

import numpy as np

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from measures import INDICATORS, TOPICS  # noqa: E402

SEED = 41_2015
YEARS = range(2015, 2025)
GEMEENTEN, BUURTEN = 342, 14_500  # at scale 1
FOCUS, FOCUS_BUURTEN = 141, 60
PERSONS = 10_000_000              # at scale 1
GROUP_SHARE = 0.15                # of the gemeenten are in the benchmark group
KINDS = ["Land", "Gemeente", "Wijk", "Buurt"]
PLACES = ["Binnenstad", "Stationsbuurt", "De Riet", "Sluitersveld", "Windmolenbroek", "Schelfhorst", "Hofkamp",
          "Kerkelanden", "Nieuwe Haven", "Oude Dorp", "Groeneveld", "Maardijk"]
ADDITIONS = ["", "", "", "-Noord", "-Zuid", "-Oost", "-West", " II", " e.o.", "; verspreide huizen", ' "De Es"',
             " Coëvorderweg", " aan 't Kanaal", " Één"]


def hashed(stream, index):
  """SplitMix64 of a stream (a tuple of whole numbers) at every place of `index`."""
  with np.errstate(over="ignore"):
    z = np.full(len(index), SEED, np.uint64)
    for part in (*stream, index):
      z = (z ^ np.asarray(part).astype(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
      z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
      z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
      z = z ^ (z >> np.uint64(31))
  return z


def even(stream, index):
  """Draws from 0 up to 1."""
  return (hashed(stream, index) >> np.uint64(11)).astype(np.float64) / (1 << 53)


def hump(stream, index):
  """Draws from 0 to 1 around one half: the mean of the four quarters of a hash."""
  z = hashed(stream, index)
  quarter = lambda shift: ((z >> np.uint64(shift)) & np.uint64(0xFFFF)).astype(np.float64)
  return (quarter(0) + quarter(16) + quarter(32) + quarter(48)) / (4 * 65535)


class Areas:
  """All areas in the order of CBS: kind (0 to 3), gemeente, code, and the key that stands for an area in hashes."""

  def __init__(self, scale):
    self.gemeenten = max(3, round(GEMEENTEN * scale))
    self.buurten = max(self.gemeenten, round(BUURTEN * scale))
    self.focus = min(FOCUS, self.gemeenten)
    numbers = np.arange(1, self.gemeenten + 1)
    self.group = [int(n) for n in numbers[(even((1,), numbers) < GROUP_SHARE) | (numbers == self.focus)]]
    kinds, gemeenten, codes = [0], [0], ["NL00"]
    for gemeente, size in zip(numbers.tolist(), self.sizes(numbers)):
      stem = "%04d" % gemeente
      kinds.append(1)
      codes.append("GM" + stem)
      for buurt in range(size):
        wijk, place = divmod(buurt, 10 if size > 500 else 6)
        if place == 0:
          kinds.append(2)
          codes.append("WK%s%02d" % (stem, wijk))
        kinds.append(3)
        codes.append("BU%s%02d%02d" % (stem, wijk, place))
      gemeenten.extend([gemeente] * (len(codes) - len(gemeenten)))
    self.kind, self.gemeente, self.code = np.array(kinds), np.array(gemeenten), np.array(codes)
    self.key = np.array([kind * 10**8 + int(code[2:].ljust(8, "0")) for kind, code in zip(kinds, codes)])
    self.is_buurt = self.kind == 3

  def sizes(self, numbers):
    """Buurten of each gemeente: one at least, a set number for the focus, large ones for the benchmark group."""
    weight = (0.3 + even((2,), numbers)) * np.where(np.isin(numbers, self.group), 3, 1)
    spare = self.buurten - self.gemeenten
    fixed = min(FOCUS_BUURTEN - 1, spare // 2)
    weight[self.focus - 1] = 0
    size = 1 + np.floor(weight / weight.sum() * (spare - fixed)).astype(int)
    size[self.focus - 1] += fixed
    order = [i for i in range(self.gemeenten) if i != self.focus - 1]
    for i in order[: self.buurten - int(size.sum())]:
      size[i] += 1
    return size.tolist()


def cells(areas, pick, position, year, revised):
  """Values (whole numbers in steps of the last decimal) of one topic, and which are `.` (1), `x` (2) or blank (3)."""
  _, least, most, _, load = TOPICS[position]
  key = areas.key[pick]
  latent = 0.65 * hump((3,), key) + 0.35 * hump((4,), areas.gemeente[pick])
  latent = 0.5 + 1.3 * (latent - 0.5)
  own = hump((5, position), key)
  place = abs(load) * (latent if load >= 0 else 1 - latent) + (1 - abs(load)) * own
  place += 0.12 * (hump((6, position, year), key) - 0.5) - 0.006 * load * (year - YEARS[0])
  place = np.clip(0.5 + 1.8 * (place - 0.5), 0, 1)
  if most >= 300 and least == 0 and load < 0.3:
    place = place * place  # counts have a long tail
  value = least + np.floor((most - least) * place).astype(np.int64)
  u = even((7, position, year), key)
  hardly_inhabited = even((8,), key) < 0.05
  state = np.where(u < np.where(hardly_inhabited, 0.3, 0.015), 2, 0)
  state[u > 0.985] = 1
  state[(u > 0.97) & (u <= 0.985)] = 3
  if position == 0:
    state[:] = 0
  if revised:
    draw = hashed((9, position, year), key) % np.uint64(8)
    value = np.where((draw == 0) & (value < most), value + 1, value)
    state = np.where((state == 1) & (draw < 4), 0, state)
  return value, state


def texts(position, value, state, point, marks):
  """Cells as text: a table of every number that occurs, looked up."""
  _, _, _, decimals, _ = TOPICS[position]
  low, high = int(value.min()), int(value.max())
  table = []
  for number in range(low, high + 1):
    if decimals:
      table.append("%s%d%s%d" % ("-" if number < 0 else "", abs(number) // 10, point, abs(number) % 10))
    else:
      table.append(str(number))
  result = np.array(table, object)[value - low]
  for code, mark in enumerate(marks):
    if code:
      result[state == code] = mark
  return result


def titles(areas):
  """Names of all areas and of their gemeenten."""
  place, addition = hashed((10,), areas.key), hashed((11,), areas.key)
  names, towns = [], []
  for i, kind in enumerate(areas.kind.tolist()):
    town = "Gemeente %d" % areas.gemeente[i] if kind else ""
    towns.append(town)
    name = PLACES[int(place[i]) % len(PLACES)] + ADDITIONS[int(addition[i]) % len(ADDITIONS)]
    names.append("Nederland" if kind == 0 else town if kind == 1 else "Wijk " + name if kind == 2 else name)
  return names, towns


def write_year(folder, areas, year):
  """The wide CSV file of one year."""
  everywhere = np.arange(len(areas.code))
  names, towns = titles(areas)
  quoted = lambda items: ['"%s"' % item.replace('"', '""') for item in items]
  padded = quoted(code.ljust(10) for code in areas.code.tolist())
  columns = [map(str, everywhere.tolist()), padded, quoted(names), quoted(towns),
             quoted(KINDS[kind].ljust(10) for kind in areas.kind.tolist()), padded]
  for position in range(len(TOPICS)):
    value, state = cells(areas, everywhere, position, year, False)
    columns.append(texts(position, value, state, ",", ["", ".", "x", ""]).tolist())
  heads = ["ID", "WijkenEnBuurten", "RegioNaam_1", "Gemeentenaam_2", "SoortRegio_3", "Codering_4"]
  with open(os.path.join(folder, "kerncijfers_%d.csv" % year), "w", encoding="utf-8-sig", newline="") as out:
    out.write(";".join(quoted(heads + [topic[0] for topic in TOPICS])) + "\r\n")
    for row in zip(*columns):
      out.write(";".join(row) + "\r\n")
    out.write("\u00a9 CBS\r\n")


def write_feed(folder, areas, year):
  """The Atom feed of the buurten of one year, revised."""
  buurten = np.flatnonzero(areas.is_buurt)
  names, towns = titles(areas)
  escaped = lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
  root = "https://opendata.cbs.nl/ODataFeed/OData/%dNED" % (84000 + year - 2000)
  stamp = "2025-03-31T02:00:00+02:00"
  columns = []
  for position, (name, _, _, decimals, _) in enumerate(TOPICS):
    value, state = cells(areas, buurten, position, year, True)
    start = '        <d:%s m:type="Edm.%s"' % (name, "Double" if decimals else "Int32")
    plain = texts(position, value, state, ".", [None] * 4)
    columns.append([
      start + (' m:null="true" />\n' if text is None else ">%s</d:%s>\n" % (text, name)) for text in plain])
  with open(os.path.join(folder, "typeddataset_%d.xml" % year), "w", encoding="utf-8", newline="") as out:
    out.write('<?xml version="1.0" encoding="utf-8"?>\n'
              '<feed xml:base="%s" xmlns="http://www.w3.org/2005/Atom"'
              ' xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"'
              ' xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">\n'
              '  <id>%s/TypedDataSet</id>\n  <title type="text">TypedDataSet</title>\n  <updated>%s</updated>\n'
              '  <link rel="self" title="TypedDataSet" href="%s/TypedDataSet" />\n' % (root, root, stamp, root))
    for i, row in zip(buurten.tolist(), zip(*columns)):
      code = areas.code[i]
      out.write('  <entry>\n    <id>%s/TypedDataSet(%d)</id>\n    <category term="Cbs.OData.TData"'
                ' scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme" />\n'
                '    <link rel="self" href="%s/TypedDataSet(%d)" />\n    <title />\n    <updated>%s</updated>\n'
                '    <author>\n      <name />\n    </author>\n'
                '    <content type="application/xml">\n      <m:properties>\n'
                '        <d:ID m:type="Edm.Int32">%d</d:ID>\n        <d:WijkenEnBuurten>%s</d:WijkenEnBuurten>\n'
                '        <d:RegioNaam_1>%s</d:RegioNaam_1>\n        <d:Gemeentenaam_2>%s</d:Gemeentenaam_2>\n'
                '        <d:SoortRegio_3 xml:space="preserve">Buurt     </d:SoortRegio_3>\n'
                '        <d:Codering_4>%s</d:Codering_4>\n'
                % (root, i, root, i, stamp, i, code, escaped(names[i]), escaped(towns[i]), code))
      out.write("".join(row))
      out.write("      </m:properties>\n    </content>\n  </entry>\n")
    out.write("</feed>\n")


def code_of(position):
  """The measure code of a topic."""
  return "M%07d" % (1014800 + 5 * position)


def write_observations(folder, areas, year):
  """The buurten of one year as CBS writes them in bulk: a row a cell, those without a value left out or with its attribute."""
  buurten = np.flatnonzero(areas.is_buurt)
  columns = []
  for position in range(len(TOPICS)):
    value, state = cells(areas, buurten, position, year, False)
    plain = texts(position, value, state, ",", [None] * 4)
    code = code_of(position)
    columns.append([(code, text, int(gone)) for text, gone in zip(plain.tolist(), state.tolist())])
  with open(os.path.join(folder, "observations_%d.csv" % year), "w", encoding="utf-8", newline="") as out:
    out.write("Id;Measure;WijkenEnBuurten;Perioden;Value;StringValue;ValueAttribute\r\n")
    number = 0
    for i, row in zip(buurten.tolist(), zip(*columns)):
      for code, text, gone in row:
        if gone == 3:
          continue  # a cell that cannot occur is not there
        attribute = "None" if text is not None else "Impossible" if gone == 2 else "Unknown"
        out.write("%d;%s;%s;%dJJ00;%s;;%s\r\n" % (number, code, areas.code[i], year, text or "", attribute))
        number += 1


AGES = ["15-24", "25-34", "35-44", "45-54", "55-64", "65-74"]
SECTORS = "ABCFGHIJKMNOPQRS"


def spread(stream, index, shares):
  """Draws of a place in `shares`, each as often as it says."""
  edges = np.cumsum(np.array(shares, float) / sum(shares))
  return np.minimum(np.searchsorted(edges, even(stream, index), side="right"), len(shares) - 1)


def write_persons(folder, areas, scale):
  """A row a person: lives in a buurt of varying size, has a level of education (1 to 5) and, with work, of that (1 to 4)."""
  buurten = np.flatnonzero(areas.is_buurt)
  weight = 0.2 + even((20,), areas.key[buurten]) ** 3 * 4
  edges = np.cumsum(weight / weight.sum())
  codes, towns = areas.code[buurten], areas.gemeente[buurten]
  total, piece = round(PERSONS * scale), 1 << 18
  with open(os.path.join(folder, "persons.csv"), "w", encoding="ascii", newline="") as out:
    out.write("jaar;buurt;leeftijd;opleiding;beroep;werkgemeente;sector\n")
    for first in range(0, total, piece):
      person = np.arange(first, min(first + piece, total))
      home = np.minimum(np.searchsorted(edges, even((21,), person)), len(buurten) - 1)
      year = YEARS[0] + (hashed((22,), person) % np.uint64(len(YEARS))).astype(int)
      age = spread((23,), person, [16, 18, 18, 18, 17, 13])
      learned = 1 + spread((24,), person, [10, 18, 37, 21, 14])
      # Work lies near the level of education, one lower for some and further off for a few.
      shift = spread((25,), person, [5, 14, 60, 17, 4]) - 2
      work = np.clip(np.minimum(learned, 4) + shift, 1, 4)
      works = even((26,), person) < np.where(age == 5, 0.12, 0.78)
      known = even((27,), person) > 0.02
      away = even((28,), person) < 0.35
      where = np.where(away, 1 + (hashed((29,), person) % np.uint64(areas.gemeenten)).astype(int), towns[home])
      sector = hashed((30,), person) % np.uint64(len(SECTORS))
      out.write("".join(
        "%d;%s;%s;%s;%s;%s;%s\n" % (
          jaar, buurt, AGES[leeftijd], opleiding if bekend else "", beroep if werkt else "",
          "GM%04d" % plaats if werkt else "", SECTORS[tak] if werkt else "")
        for jaar, buurt, leeftijd, opleiding, bekend, beroep, werkt, plaats, tak in zip(
          year.tolist(), codes[home].tolist(), age.tolist(), learned.tolist(), known.tolist(), work.tolist(),
          works.tolist(), where.tolist(), sector.tolist())))


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--out", required=True, help="the folder to write to")
  parser.add_argument("--scale", type=float, default=1.0, help="number of areas, 1 = as in the Netherlands (default)")
  parser.add_argument("--kinds", default="areas", choices=["areas", "persons"], help="what to write (default: %(default)s)")
  options = parser.parse_args()
  os.makedirs(options.out, exist_ok=True)
  areas = Areas(options.scale)
  if options.kinds == "persons":
    return write_persons(options.out, areas, options.scale)
  for year in YEARS:
    write_year(options.out, areas, year)
  write_feed(options.out, areas, YEARS[-1])
  write_observations(options.out, areas, YEARS[-1])
  spec = {
    "seed": SEED, "sf": options.scale, "years": list(YEARS), "gemeenten": areas.gemeenten, "buurten": areas.buurten,
    "rows_per_year": len(areas.code), "focus": "GM%04d" % areas.focus,
    "benchmark_group": ["GM%04d" % number for number in areas.group],
    "indicators": [{"name": name, "weight": weight, "direction": way} for name, weight, way in INDICATORS],
    "measures": [{"name": topic[0], "code": code_of(i), "decimals": topic[3]}
                 for i, topic in enumerate(TOPICS)]}
  with open(os.path.join(options.out, "spec.json"), "w", encoding="utf-8") as out:
    json.dump(spec, out, indent=1)
    out.write("\n")


if __name__ == "__main__":
  main()

"""What the peers share: the command line, the Atom feed (none of the libraries reads Atom) and the summary file."""

import argparse
import json
import pathlib
import re

from lxml import etree

METADATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"
DATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
INHABITANTS = "AantalInwoners_5"
MISSING = [".", "x", ""]
STEEPNESS = 23


class Job:
  """One run of a job: where the data are, where the results go, and what the composite is made of."""

  def __init__(self):
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as there are processors")
    options = parser.parse_args()
    self.threads, self.out = options.threads, options.out
    self.out.mkdir(parents=True, exist_ok=True)
    spec = json.loads((options.data / "spec.json").read_text(encoding="utf-8"))
    self.weight = {item["name"]: item["weight"] for item in spec["indicators"]}
    self.direction = {item["name"]: item["direction"] for item in spec["indicators"]}
    self.indicators = list(self.weight)
    self.measures = [item["name"] for item in spec["measures"]]
    self.codes = [item["code"] for item in spec["measures"]]
    self.focus = spec["focus"]
    self.group = [code for code in spec["benchmark_group"] if code != self.focus]
    self.tables = self.by_year(options.data.glob("kerncijfers_*.csv"))
    self.feeds = self.by_year(options.data.glob("typeddataset_*.xml"))
    self.observations = self.by_year(options.data.glob("observations_*.csv"))

  @staticmethod
  def by_year(paths):
    """Paths by the year in their names, in order."""
    return {int(re.search(r"_(\d{4})\.", path.name)[1]): path for path in sorted(paths)}

  def revision(self, path):
    """Code and indicators of every entry of a feed, as lists by name. Streams: an entry is dropped once it is read.

    All entries of a feed have the same properties in the same order, so the first tells where to look.
    """
    wanted = {DATA + name: name for name in ["Codering_4", *self.indicators]}
    columns, places = {name: [] for name in wanted.values()}, None
    for _, properties in etree.iterparse(str(path), events=("end",), tag=METADATA + "properties"):
      cells = list(properties)
      if places is None:
        places = [(place, wanted[cell.tag]) for place, cell in enumerate(cells) if cell.tag in wanted]
      for place, name in places:
        text = cells[place].text
        columns[name].append(text.strip() if name == "Codering_4" else float(text) if text else None)
      entry = properties.getparent().getparent()
      entry.clear()
      while entry.getprevious() is not None:
        del entry.getparent()[0]
    return columns

  def feed(self, path):
    """Every property of every entry of a feed, as lists by name: measures as numbers, ID whole, the others as text.

    Streams: an entry is dropped once it is read. All entries have the same properties in the same order.
    """
    names, columns, readers = [], [], []
    measures = set(self.measures)
    for _, properties in etree.iterparse(str(path), events=("end",), tag=METADATA + "properties"):
      cells = list(properties)
      if not names:
        names = [cell.tag[len(DATA):] for cell in cells]
        columns = [[] for _ in names]
        readers = [float if name in measures else int if name == "ID" else str.strip for name in names]
      for column, read, cell in zip(columns, readers, cells):
        text = cell.text
        column.append(read(text) if text else None)
      entry = properties.getparent().getparent()
      entry.clear()
      while entry.getprevious() is not None:
        del entry.getparent()[0]
    return dict(zip(names, columns))

  def write_summary(self, years, improved, compared):
    """summary.json: a record a year, and how many buurten of the focus improved between the first and the last year."""
    summary = {"years": years, "improved": int(improved), "focus_buurten": int(compared)}
    text = json.dumps(summary, indent=1, sort_keys=True) + "\n"
    (self.out / "summary.json").write_text(text, encoding="utf-8")


KEYS = ["Codering_4", "RegioNaam_1", "Gemeentenaam_2", "SoortRegio_3"]
PADDED = ["Codering_4", "SoortRegio_3"]

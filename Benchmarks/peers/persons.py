"""What the Python peers of the micro job share: the command line and the summary file."""

import argparse
import json
import pathlib

KEYS = ["jaar", "buurt", "opleiding", "beroep"]


class Persons:
  """One run of the job: where the persons are and where the results go."""

  def __init__(self):
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as there are processors")
    options = parser.parse_args()
    self.threads, self.out, self.path = options.threads, options.out, options.data / "persons.csv"
    self.out.mkdir(parents=True, exist_ok=True)

  def write_summary(self, years):
    """summary.json: a record a year, with the share of workers whose education lies more than one level too high."""
    for year in years:
      year["over_pct"] = 100 * year["over"] / year["workers"]
    text = json.dumps({"years": years}, indent=1) + "\n"
    (self.out / "summary.json").write_text(text, encoding="utf-8")

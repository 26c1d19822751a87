"""A researcher's file for Pipelines/balance.yml: cohesion, tenure, house prices and moves per buurt. Not open data; made up.

Three gemeenten only, as such a file would be. Cohesion runs against the latent deprivation; among those who move into
buurten of high deprivation more have a low income than among those who leave, and housing associations own more there.
"""

from country import YEARS, bell, drawn
import shapes

GEMEENTEN = ("GM0141", "GM0153", "GM0164")
COLUMNS = ["WijkenEnBuurten", "Perioden", "Cohesie_1", "WoningenCorporatie_2", "WOZWaarde_3", "Ingekomen_4",
           "IngekomenLaagInkomen_5", "Vertrokken_6", "VertrokkenLaagInkomen_7"]


def tenths(x):
  """A number with one decimal; halves go up."""
  n = int(x * 10 + 0.5)
  return "%d.%d" % (n // 10, n % 10)


def row(buurt, year):
  """One buurt in one year; under fifty inhabitants everything is unknown, under ten homes or moves what rests on them."""
  code, step, latent = buurt.code, YEARS.index(year), buurt.latent
  if buurt.counts["AantalInwoners_5"] < 50:
    return [code, str(year)] + ["."] * 7
  difficulty = buurt.health[year, "MoeiteMetRondkomen_38"] - buurt.health[YEARS[0], "MoeiteMetRondkomen_38"]
  cohesion = 6.0 - 0.5 * latent + 0.25 * bell("cohesion", code) - 0.04 * step + 0.06 * bell("cohesion", code, year)
  owned = 32 + 14 * latent + 8 * bell("owned", code) - 1.5 * step + 0.25 * (difficulty + 5 * step)
  price = (190 + 35 * step) * (1 - 0.17 * latent + 0.08 * bell("price", code)) * (1 + 0.01 * bell("price", code, year))
  movers = int(buurt.counts["AantalInwoners_5"] * (0.22 + 0.06 * latent + 0.05 * drawn("movers", code, year)))
  moved_in = int(movers * (0.95 + 0.1 * drawn("in", code, year)))
  share = lambda extra, name: min(0.8, max(0.05, 0.3 + 0.08 * latent + extra + 0.03 * bell(name, code, year)))
  low_in, low_out = share(0.02 * latent + 0.01, "low in"), share(0, "low out")
  return [code, str(year), tenths(cohesion), tenths(min(95, max(0, owned))), str(int(price + 0.5)), str(moved_in),
          str(int(moved_in * low_in)), str(movers), str(int(movers * low_out))]


def files(every):
  """The file: its path below Fixtures and its bytes."""
  buurten = [area for area in every if area.level == "Buurt" and "GM" + area.code[2:6] in GEMEENTEN]
  rows = [row(buurt, year) for year in YEARS for buurt in buurten]
  yield "balance/synthetic_research.csv", shapes.csv_bytes(COLUMNS, rows)

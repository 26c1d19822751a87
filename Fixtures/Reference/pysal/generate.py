#!/usr/bin/env python3
"""Writes values.csv (made up, seed 20240501) and expected.csv, what PySAL, SciPy and SALib make of them.

    python3 -m venv venv && venv/bin/pip install esda==2.8.2 giddy==2.3.8 inequality==1.1.2 libpysal==4.14.1 \\
        mapclassify==2.10.0 scipy==1.17.1 SALib==1.6.0
    venv/bin/python generate.py                 writes values.csv and expected.csv
    venv/bin/python generate.py DATA            also oracles.csv, from a folder with pysal_mexico.csv and its neighbours
"""

import csv
import os
import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")
import esda  # noqa: E402
import giddy  # noqa: E402
import inequality.atkinson  # noqa: E402
import inequality.gini  # noqa: E402
import inequality.schutz  # noqa: E402
import inequality.theil  # noqa: E402
import inequality.wolfson  # noqa: E402
import libpysal  # noqa: E402
import mapclassify  # noqa: E402
import pandas as pd  # noqa: E402
import scipy.stats  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, header, rows):
  with open(os.path.join(HERE, name), "w", newline="\n") as handle:
    out = csv.writer(handle, lineterminator="\n")
    out.writerow(header)
    for row in rows:
      out.writerow([repr(float(x)) if isinstance(x, (float, np.floating)) else x for x in row])


def unequal(case, x, groups=None):
  """Measures of inequality of positive numbers."""
  yield case, "gini", inequality.gini.Gini(x).g
  yield case, "theil_t", inequality.theil.Theil(x).T
  yield case, "atkinson_0.5", inequality.atkinson.Atkinson(x, 0.5).A
  yield case, "atkinson_1", inequality.atkinson.Atkinson(x, 1).A
  yield case, "schutz", float(inequality.schutz.Schutz(pd.DataFrame({"y": x}), "y").distance)
  yield case, "wolfson", float(inequality.wolfson.wolfson(list(x)))
  yield case, "cv", scipy.stats.variation(x, ddof=1)
  if groups is not None:
    split = inequality.theil.TheilD(x, np.asarray(groups))
    yield case, "theil_between", float(np.ravel(split.bg)[0])
    yield case, "theil_within", float(np.ravel(split.wg)[0])


def line(case, x, y):
  """A straight line, its robust twin and the rank correlation."""
  fit = scipy.stats.linregress(x, y)
  yield case, "slope", fit.slope
  yield case, "intercept", fit.intercept
  yield case, "slope_error", fit.stderr
  yield case, "intercept_error", fit.intercept_stderr
  yield case, "explained", fit.rvalue ** 2
  yield case, "theil_sen", scipy.stats.theilslopes(y, x).slope
  yield case, "spearman", scipy.stats.spearmanr(x, y).statistic


def space(case, y, w, style):
  """Spatial statistics under one style of weights."""
  moran = esda.Moran(y, w, transformation=style, permutations=0)
  yield case, "moran", moran.I
  yield case, "moran_variance_normal", moran.VI_norm
  yield case, "moran_variance_random", moran.VI_rand
  yield case, "moran_z_random", moran.z_rand
  yield case, "moran_p_random", moran.p_rand
  geary = esda.Geary(y, w, transformation=style, permutations=0)
  yield case, "geary", geary.C
  yield case, "geary_variance_normal", geary.VC_norm
  yield case, "geary_variance_random", geary.VC_rand
  w.transform = style
  local = esda.Moran_Local(y, w, transformation=style, permutations=99, seed=1, keep_simulations=False)
  n = len(y)
  for i in (0, 1, n // 2, n - 1):
    yield case, "local_%d" % i, local.Is[i]
    yield case, "quadrant_%d" % i, local.q[i]
    # PySAL's moments are those of I_i times n / (n - 1).
    yield case, "local_expected_%d" % i, local.EI[i] * (n - 1) / n
    yield case, "local_variance_%d" % i, local.VI[i] * ((n - 1) / n) ** 2


def getis(case, y, w):
  g = esda.G(y, w, permutations=0)
  yield case, "getis_ord", g.G
  yield case, "getis_ord_expected", g.EG
  yield case, "getis_ord_variance", g.VG


class Exact:
  """Natural breaks by trying every start of every class, in doubles: mapclassify keeps costs in single precision."""

  def __init__(self, x, k):
    x = np.sort(x)
    n = len(x)
    spread = lambda i, j: ((x[i:j] - x[i:j].mean()) ** 2).sum()
    costs = [[spread(i, j) if j > i else 0.0 for j in range(n + 1)] for i in range(n)]
    best, starts = [costs[0][j] for j in range(n + 1)], []
    for size in range(2, k + 1):
      options = [[(best[i] + costs[i][j], i) for i in range(size - 1, j)] for j in range(n + 1)]
      starts.append([min(some)[1] if some else 0 for some in options])
      best = [min(some)[0] if some else np.inf for some in options]
    ends = [n]
    for row in reversed(starts):
      ends.append(row[ends[-1]])
    self.bins = [x[end - 1] for end in reversed(ends)]
    theirs = mapclassify.FisherJenks(x, k).bins
    if not np.array_equal(theirs, self.bins):
      print("natural breaks: mapclassify", theirs, "exact", self.bins)


def classes(case, x, k):
  for name, found in (("fisher_jenks", Exact(x, k)), ("quantile", mapclassify.Quantiles(x, k)),
                      ("equal_interval", mapclassify.EqualInterval(x, k)), ("head_tail", mapclassify.HeadTailBreaks(x))):
    for i, bound in enumerate(found.bins):
      yield case, "%s_%d" % (name, i), bound


def moving(case, classes_by_year):
  """Transitions between classes, year by year, one row an area."""
  chain = giddy.markov.Markov(np.asarray(classes_by_year))
  for i, row in enumerate(chain.transitions):
    for j, count in enumerate(row):
      yield case, "count_%d_%d" % (i + 1, j + 1), count
  yield case, "shorrocks", float(giddy.mobility.markov_mobility(chain.p, measure="P"))
  yield case, "second_eigenvalue", 1 - float(giddy.mobility.markov_mobility(chain.p, measure="L2"))


def own():
  random = np.random.default_rng(20240501)
  n = 40
  x = np.round(np.exp(random.normal(3, 0.8, n)), 2)
  y = np.round(0.7 * x + random.normal(0, 6, n) + 8, 2)
  group = random.integers(0, 4, n)
  east = np.round(random.uniform(0, 100, n), 1)
  north = np.round(random.uniform(0, 100, n), 1)
  write("values.csv", ["case", "x", "y", "group", "east", "north"],
        [["made_up", x[i], y[i], int(group[i]), east[i], north[i]] for i in range(n)])
  points = np.column_stack([east, north])
  near = libpysal.weights.KNN.from_array(points, k=4)
  band = libpysal.weights.DistanceBand.from_array(points, threshold=30, binary=True, silence_warnings=True)
  rows = [*unequal("made_up", x, group), *line("made_up", x, y - x), *classes("made_up", x, 5)]
  rows += [*space("nearest_r", x, near, "r"), *space("nearest_b", x, near, "b"), *space("band_r", x, band, "r")]
  rows += getis("band", x, band)
  path = np.cumsum(random.normal(0, 1, (60, 6)), axis=1)
  quintiles = np.array([mapclassify.Quantiles(path[:, t], 5).yb for t in range(6)]).T
  write("classes.csv", ["case"] + ["class_%d" % t for t in range(6)],
        [["walk", *[int(c) + 1 for c in row]] for row in quintiles])
  rows += moving("walk", quintiles)
  for dimension in (1, 2, 5, 17, 40):
    sample = scipy.stats.qmc.Sobol(dimension, scramble=False, bits=32).random(64)
    for index in (1, 5, 37, 63):
      rows.append(("sobol_%d" % dimension, "last_%d" % index, sample[index, -1]))
  write("expected.csv", ["case", "measure", "value"], rows)


def gal(path):
  """A .gal file: neighbours by identifier, in the order of the file."""
  with open(path) as handle:
    tokens = handle.read().split("\n")
  head, lines = tokens[0].split(), [t.split() for t in tokens[1:]]
  names, lists = [], []
  for i in range(0, 2 * int(head[1] if len(head) > 2 else head[0]), 2):
    names.append(lines[i][0])
    lists.append(lines[i + 1])
  return libpysal.weights.W({a: b for a, b in zip(names, lists)}, id_order=names, silence_warnings=True)


def oracles(folder):
  at = lambda name: os.path.join(folder, name)
  rows = []
  mexico = pd.read_csv(at("pysal_mexico.csv"))
  years = ["pcgdp%d" % y for y in range(1940, 2001, 10)]
  for year in (years[0], years[-1]):
    rows += unequal("mexico_" + year, mexico[year].to_numpy(float), mexico["hanson98"].to_numpy(int))
  rows += line("mexico_growth", np.log(mexico["pcgdp1940"]),
               np.log(mexico["pcgdp2000"] / mexico["pcgdp1940"]) / 60)
  sids = pd.read_csv(at("pysal_sids2.csv"), dtype={"FIPSNO": str}).set_index("FIPSNO")
  w = gal(at("pysal_sids2.gal"))
  for rate in ("SIDR74", "SIDR79"):
    y = sids.loc[w.id_order, rate].to_numpy(float)
    rows += [*space("sids2_%s_r" % rate, y, w, "r"), *getis("sids2_" + rate, y, w)]
  stl = pd.read_csv(at("pysal_stl_hom.csv"))
  w = gal(at("pysal_stl.gal"))
  y = stl["HR8893"].to_numpy(float)
  rows += [*space("stl_HR8893_r", y, w, "r"), *space("stl_HR8893_b", y, w, "b")]
  small = pd.read_csv(at("pysal_desmith.csv"))
  rows += space("desmith_r", small["z"].to_numpy(float), gal(at("pysal_desmith.gal")), "r")
  columbus = pd.read_csv(at("pysal_columbus_rook.csv"))
  w = libpysal.weights.W({i: [int(x) for x in str(t).split()] for i, t in
                          zip(columbus["id"], columbus["neighbours_rook"])}, silence_warnings=True)
  rows += [*space("columbus_CRIME_r", columbus["CRIME"].to_numpy(float), w, "r"),
           *line("columbus_INC_CRIME", columbus["INC"], columbus["CRIME"])]
  ilocos = pd.read_csv(at("ineq_ilocos.csv"))
  rows += unequal("ilocos", ilocos["income"].to_numpy(float), ilocos["province"].astype("category").cat.codes)
  join = pd.read_csv(at("pysal_usjoin.csv"))
  income = join[[str(y) for y in range(1929, 2010)]].to_numpy(float)
  quintiles = np.array([mapclassify.Quantiles(income[:, t], 5).yb for t in range(income.shape[1])]).T
  rows += moving("usjoin_quintiles", quintiles)
  for year in (1929, 1970, 2009):
    rows += unequal("usjoin_%d" % year, join[str(year)].to_numpy(float))
  counties = pd.read_csv(at("reat_g_counties_gdppc.csv"))
  start, end = (counties["gdppc%d" % y].to_numpy(float) for y in (2000, 2014))
  rows += line("counties", np.log(start), np.log(end / start) / 14)
  rows += unequal("counties_2014", end, counties["regional"].astype("category").cat.codes)
  rows += classes("calempdensity", pd.read_csv(at("mapclassify_calempdensity.csv"))["emp/sq km"].to_numpy(float), 5)
  rows += classes("censored", pd.read_csv(at("classint_censored.csv"))["x"].to_numpy(float), 5)
  write("oracles.csv", ["case", "measure", "value"], rows)


if __name__ == "__main__":
  own()
  if len(sys.argv) > 1:
    oracles(sys.argv[1])

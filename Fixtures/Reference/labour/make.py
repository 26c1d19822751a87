#!/usr/bin/env python3
"""Labour-market and regional figures from public data sets, by NumPy from the published formulas.

    python3 make.py FOLDER > expected.csv

FOLDER holds the data sets of `make oracles` (data/*.csv). NumPy alone, written from the formulas in the literature and not
from Peil's code; where a package has known faults (see README.md) the formula is followed, not the package.
"""

import csv
import sys

import numpy as np

folder = sys.argv[1]
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["case", "value"])


def rows(name):
  with open("%s/%s.csv" % (folder, name), encoding="utf-8") as handle:
    return list(csv.DictReader(handle))


def put(case, value):
  out.writerow([case, repr(float(value))])


def share(x):
  return np.asarray(x, float) / np.sum(x)


def krugman(a, b):
  return np.abs(share(a) - share(b)).sum()


def gini_lq(part, whole):
  lq = np.sort(share(part) / share(whole))
  n = len(lq)
  return 2 / (n * n * lq.mean()) * np.sum(np.arange(1, n + 1) * (lq - lq.mean()))


def locational_gini(part, whole):
  a, b = share(part), share(whole)
  order = np.argsort(a / b, kind="stable")
  x, y = np.r_[0, np.cumsum(b[order])], np.r_[0, np.cumsum(a[order])]
  return 0.5 - np.trapezoid(y, x)


def herfindahl(x):
  return np.sum(share(x) ** 2)


def entropy(x):
  s = share(x)
  s = s[s > 0]
  return -np.sum(s * np.log(s))


def shift_share(name, r0, r1, n0, n1):
  r0, r1, n0, n1 = (np.asarray(v, float) for v in (r0, r1, n0, n1))
  g, gi, gir = n1.sum() / n0.sum() - 1, n1 / n0 - 1, r1 / r0 - 1
  h = r0.sum() * share(n0)
  put(name + ".national", (r0 * g).sum())
  put(name + ".industry_mix", (r0 * (gi - g)).sum())
  put(name + ".regional", (r0 * (gir - gi)).sum())
  put(name + ".competitive", (h * (gir - gi)).sum())
  put(name + ".allocation", ((r0 - h) * (gir - gi)).sum())
  structure = (r0 * n1 / n0).sum() / r0.sum() / (n1.sum() / n0.sum())
  location = r1.sum() / (r0 * n1 / n0).sum()
  put(name + ".structure", structure)
  put(name + ".location", location)


def ols(x, y):
  x, y = np.asarray(x), np.asarray(y)
  design = np.c_[np.ones_like(x), x]
  beta = np.linalg.lstsq(design, y, rcond=None)[0]
  rest = y - design @ beta
  variance = rest @ rest / (len(x) - 2)
  error = np.sqrt(variance * np.linalg.inv(design.T @ design)[1, 1])
  return beta[0], beta[1], error, 1 - rest @ rest / np.sum((y - y.mean()) ** 2), np.sqrt(variance)


# Goettingen, 15 sections, 2008-2017 (REAT).
data = [r for r in rows("reat_goettingen") if r["WZ2008_Code"] != "A-R"]
years = list(range(2008, 2018))
own = np.array([[float(r["Goettingen%d" % y]) for r in data] for y in years])
nation = np.array([[float(r["BRD%d" % y]) for r in data] for y in years])
put("goettingen.krugman_2008", krugman(own[0], nation[0]))
put("goettingen.krugman_2017", krugman(own[-1], nation[-1]))
put("goettingen.herfindahl_2017", herfindahl(own[-1]))
put("goettingen.entropy_2017", entropy(own[-1]))
put("goettingen.gini_spec_2017", gini_lq(own[-1], nation[-1]))
put("goettingen.diversity_2017", 1 / krugman(own[-1], nation[-1]))
put("goettingen.specialisation_2017", np.max(share(own[-1]) / share(nation[-1])))
put("goettingen.hachman_2017", 1 / np.sum(share(own[-1]) ** 2 / share(nation[-1])))
put("goettingen.index_2017", 100 * own[-1].sum() / own[0].sum())
put("goettingen.cagr", (own[-1].sum() / own[0].sum()) ** (1 / 9) - 1)
shift_share("goettingen.shift", own[0], own[-1], nation[0], nation[-1])
yearly = [(own[t] * (nation[t + 1].sum() / nation[t].sum() - 1)).sum() for t in range(9)]
put("goettingen.dynamic.national", sum(yearly))
yearly = [(own[t + 1] - own[t] * nation[t + 1] / nation[t]).sum() for t in range(9)]
put("goettingen.dynamic.regional", sum(yearly))
growth = lambda m: np.diff(np.log(m.sum(axis=1)))
a, b, error, r2, _ = ols(growth(nation), growth(own))
put("goettingen.beta", b)
put("goettingen.beta_error", error)
expected = (own[0] * (nation[1] / nation[0] - 1)).sum()
put("goettingen.resistance_2009", (own[1].sum() - own[0].sum() - expected) / abs(expected))
s = share(own[-1])
d = np.log(own[-1] / own[0]) - np.log(own[-1].sum() / own[0].sum())
put("goettingen.lilien", np.sqrt((s * d ** 2).sum()))
put("goettingen.lilien_modified", np.sqrt(((s + share(own[0])) / 2 * d ** 2).sum()))

# Freiburg, 9 groups of sections, 2008 and 2014 (REAT).
data = rows("reat_freiburg")
shift_share("freiburg.shift", *([float(r[c]) for r in data] for c in (
  "e_Freiburg2008", "e_Freiburg2014", "e_Germany2008", "e_Germany2014")))

# German states by section, 2015 (REAT): regions in rows, industries in columns, both sorted.
data = rows("reat_g_regions_industries_2015")
regions, industries = sorted({r["region_code"] for r in data}), sorted({r["ind_code"] for r in data})
cell = {(r["region_code"], r["ind_code"]): r for r in data}
jobs = np.array([[float(cell[r, i]["emp_all"]) for i in industries] for r in regions])
firms = np.array([[float(cell[r, i]["firms"]) for i in industries] for r in regions])
people = np.array([float(cell[r, industries[0]]["pop"]) for r in regions])
area = np.array([float(cell[r, industries[0]]["area_sqkm"]) for r in regions])
for j, name in enumerate(industries):
  put("states.gini_conc." + name, gini_lq(jobs[:, j], jobs.sum(axis=1)))
  put("states.locational_gini." + name, locational_gini(jobs[:, j], jobs.sum(axis=1)))
for i, name in enumerate(regions):
  put("states.krugman." + name, krugman(jobs[i], jobs.sum(axis=0)))
  others = np.mean([share(jobs[k]) for k in range(len(regions)) if k != i], axis=0)
  put("states.krugman_others." + name, np.abs(share(jobs[i]) - others).sum())
  put("states.hachman." + name, 1 / np.sum(share(jobs[i]) ** 2 / share(jobs.sum(axis=0))))
  put("states.hoover." + name, 0.5 * krugman(jobs[i], jobs.sum(axis=0)))
j = industries.index("WZ08-C")
for i, name in enumerate(regions):
  part = jobs[i, j] / jobs[:, j].sum()
  put("states.cluster_C." + name, part / share(area)[i] * part / share(people)[i] * share(firms[:, j])[i] / part)

# Vacancies and unemployed by industry, hires, stocks: United States, monthly (JOLTS and CPS).
data = rows("us_jolts_cps_17ind_monthly")
month = [r["month"] for r in data]
names = sorted(k[2:] for k in data[0] if k.startswith("v_") and k != "v_total")
u = np.array([[float(r["u_" + n]) for n in names] for r in data])
v = np.array([[float(r["v_" + n]) for n in names] for r in data])
total = {k: np.array([float(r[k]) for r in data]) for k in ("v_total", "h_total", "u_total", "e_total", "u_lt5wk")}
us, vs = u / u.sum(axis=1, keepdims=True), v / v.sum(axis=1, keepdims=True)
M = 1 - np.sqrt(us * vs).sum(axis=1)
at = month.index
put("us.M_2006", M[at("2006-01"):at("2006-12") + 1].mean())
put("us.M_2009_10", M[at("2009-10")])
put("us.M_2009_10_alpha_0.65", 1 - (vs[at("2009-10")] ** 0.65 * us[at("2009-10")] ** 0.35).sum())
put("us.jackman_roper_2009_10", 0.5 * np.abs(us[at("2009-10")] - vs[at("2009-10")]).sum())
cosine = (u * v).sum(axis=1) / np.sqrt((u ** 2).sum(axis=1) * (v ** 2).sum(axis=1))
put("us.fluckiger_hazari", cosine.mean())
span = slice(at("2001-01"), at("2008-12") + 1)
a, b, error, r2, rmse = ols(np.log(total["v_total"][span] / total["u_total"][span]),
                            np.log(total["h_total"][span] / total["u_total"][span]))
for key, value in (("alpha", b), ("intercept", a), ("alpha_error", error), ("r_squared", r2), ("rmse", rmse)):
  put("us.matching." + key, value)
rate = total["u_total"] / (total["u_total"] + total["e_total"])
find = 1 - (total["u_total"][1:] - total["u_lt5wk"][1:]) / total["u_total"][:-1]
lose = (rate[1:] - (1 - find) * rate[:-1]) / (1 - rate[:-1])
star = [rate[0]]
for t in range(len(find)):
  f = find[t] / (1 - M[t]) * (rate[t] / star[-1]) ** 0.5
  star.append(lose[t] + (1 - lose[t] - f) * star[-1])
gap = 100 * (rate - np.array(star))
put("us.gap_2006", gap[at("2006-01"):at("2006-12") + 1].mean())
put("us.gap_2009_10", gap[at("2009-10")])

# Schooling by occupation: a bank (Heij and others 2004) and the Current Population Survey of 1985 (R package AER).
data = rows("aer_bankwages")
level = {"custodial": 0, "admin": 1, "manage": 2}
college = np.array([float(r["education"]) >= 16 for r in data])
job = np.array([level[r["job"]] for r in data])
put("bank.overqualified", (college & (job < 2)).sum() / college.sum())
for name in ("aer_bankwages", "aer_cps1985"):
  data = rows(name)
  key = "job" if name == "aer_bankwages" else "occupation"
  kinds = sorted({r[key] for r in data})
  years = np.array([float(r["education"]) for r in data])
  kind = np.array([kinds.index(r[key]) for r in data])
  def bounds(rule):
    low, high = np.empty(len(years)), np.empty(len(years))
    for k in range(len(kinds)):
      low[kind == k], high[kind == k] = rule(years[kind == k])
    return low, high
  def mode(x, pick):
    values, counts = np.unique(x, return_counts=True)
    return (pick(values[counts == counts.max()]),) * 2
  rules = {
    "mode_lowest": lambda x: mode(x, np.min), "mode_highest": lambda x: mode(x, np.max),
    "mean_sd": lambda x: (x.mean() - x.std(ddof=1), x.mean() + x.std(ddof=1)),
    "mean_sd_population": lambda x: (x.mean() - x.std(), x.mean() + x.std()),
    "p80": lambda x: (-np.inf, np.quantile(x, 0.8))}
  for rule, f in rules.items():
    low, high = bounds(f)
    put("%s.%s.over" % (name, rule), (years > high).mean())
    put("%s.%s.under" % (name, rule), (years < low).mean())

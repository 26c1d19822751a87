"""Moments and type-7 quantiles by NumPy, skipping absent values. Writes the CSV files beside it.

Run: pip install numpy; python3 generate.py
"""
import csv, os
import numpy as np
rng = np.random.default_rng(7)
here = os.path.dirname(os.path.abspath(__file__))
cases = {"one": [4.0], "two": [1.0, 2.0], "plain": rng.random(200) * 100, "offset": 1e9 + rng.random(130),
         "ties": rng.integers(0, 5, 75).astype(float), "gaps": np.where(rng.random(210) < .3, np.nan, rng.normal(5, 3, 210))}
probabilities = [0, .05, .1, .2, .25, .5, .6, .75, .8, .95, 1]
with open(os.path.join(here, "values.csv"), "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n"); w.writerow(["case", "value"])
    for name, v in cases.items():
        for x in v: w.writerow([name, "" if np.isnan(x) else repr(float(x))])
with open(os.path.join(here, "expected.csv"), "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(["case", "count", "mean", "variance_population", "variance_sample"] + [f"q{p}" for p in probabilities])
    for name, v in cases.items():
        v = np.asarray(v, dtype=float); v = v[~np.isnan(v)]
        x = v.astype(np.longdouble)
        sample = repr(float(x.var(ddof=1))) if len(v) > 1 else ""
        w.writerow([name, len(v), repr(float(x.mean())), repr(float(x.var())), sample] + [repr(float(q)) for q in np.quantile(v, probabilities)])

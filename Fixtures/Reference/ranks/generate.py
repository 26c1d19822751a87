"""Ranks by SciPy's rankdata for values with and without ties. Writes ranks.csv beside it.

Run: pip install scipy==1.17.1 numpy; python3 generate.py
"""
import csv, os
import numpy as np
from scipy.stats import rankdata
rng = np.random.default_rng(20240611)
cases = {
    "one": [3.0], "equal": [2.5] * 5, "zeros": [0.0, -0.0, 1.0, -1.0, 0.0],
    "small_ties": [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5],
    "extremes": [1e308, -1e308, 5e-324, -5e-324, 0.0, 1.0, -1.0, 1e308],
    "one_decimal": (rng.random(90) * 10).round(1), "whole": rng.integers(0, 12, 150),
    "heavy_tail": np.exp(12 * rng.standard_normal(130)).round(3), "signed": rng.standard_normal(80),
    "wide": np.concatenate([10.0 ** rng.uniform(-300, 300, 70), -(10.0 ** rng.uniform(-300, 300, 70))]),
    "clustered": np.concatenate([[1e12], 1 + rng.random(120) * 1e-9]),
}
rules = ["average", "min", "max", "dense", "ordinal"]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "ranks.csv"), "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(["case", "value"] + [f"{r}_ascending" for r in rules] + [f"{r}_descending" for r in rules])
    for name, values in cases.items():
        values = np.asarray(values, dtype=float)
        columns = [rankdata(s * values, method=r) for s in (1, -1) for r in rules]
        for i, v in enumerate(values):
            w.writerow([name, repr(float(v))] + [repr(float(c[i])) for c in columns])

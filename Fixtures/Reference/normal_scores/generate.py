"""Inverse normal values by SciPy, checked at 50 digits by mpmath, and normal scores of ranks. Writes the CSV files beside it.

Run: pip install scipy==1.17.1 mpmath; python3 generate.py
"""
import csv, os
import mpmath as mp
from scipy.special import ndtri, ndtr
mp.mp.dps = 50
here = os.path.dirname(os.path.abspath(__file__))

def exact(p):  # the root of cdf(z) = p for the double p itself
    p = mp.mpf(p)
    return mp.findroot(lambda z: mp.erfc(-z / mp.sqrt(2)) / 2 / p - 1, mp.mpf(float(ndtri(float(p)))), tol=mp.mpf(10) ** -60)

ps = [1e-300, 1e-100, 1e-20, 1e-12, 1e-9, 1e-6, 1e-4, 0.001, 0.01, 0.02425, 0.05, 0.075, 0.1, 0.2, 0.25, 0.3, 0.4, 0.45, 0.499,
      0.5, 0.501, 0.6, 0.7, 0.75, 0.8, 0.9, 0.925, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9999, 0.999999]
with open(os.path.join(here, "quantiles.csv"), "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(["p", "scipy", "exact"])
    for p in ps:
        w.writerow([repr(p), repr(float(ndtri(p))), repr(float(exact(p))) if p != 0.5 else "0.0"])
with open(os.path.join(here, "cumulative.csv"), "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(["z", "scipy"])
    for z in [-35, -20, -10, -5, -3.5, -1.96, -1, -0.25, 0, 0.25, 1, 1.96, 3.5, 6]:
        w.writerow([repr(float(z)), repr(float(ndtr(z)))])
with open(os.path.join(here, "scores.csv"), "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(["rank", "count", "rankit", "vanDerWaerden", "blom"])
    for r, n in [(1, 890), (89, 890), (178, 890), (267, 890), (445.5, 890), (890, 890), (1, 1), (1, 2), (2, 2), (2.5, 7), (7000, 14500)]:
        w.writerow([repr(float(r)), n, repr(float(ndtri((r - .5) / n))), repr(float(ndtri(r / (n + 1)))), repr(float(ndtri((r - .375) / (n + .25))))])

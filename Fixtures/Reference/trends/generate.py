"""Trends, projections, t quantiles, adjusted probabilities and neighbours by statsmodels and SciPy. Writes the CSV files beside it.

Run: pip install numpy scipy statsmodels; python3 generate.py
"""
import csv, os, warnings
import numpy as np
import statsmodels.api as sm
from scipy import stats
from scipy.spatial.distance import cdist
from statsmodels.tsa.ar_model import AutoReg
warnings.filterwarnings("ignore")
here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(20260)


def write(name, header, rows):
    with open(os.path.join(here, name), "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(header)
        w.writerows([[repr(float(x)) if isinstance(x, (float, np.floating)) else x for x in row] for row in rows])


years = np.arange(2010, 2025, dtype=float)


def piecewise(b, d, c):
    return b * (years - 2010) + d * np.maximum(0, years - c)


people = np.round(72000 + 150 * (years - 2010))
cases = {
    # Counts scatter as Poisson, three times as much, and hardly at all.
    "poisson_plain": ("poisson", rng.poisson(people * np.exp(-4.9 + piecewise(-.05, .09, 2020))).astype(float), people),
    "poisson_wide": ("poisson", np.round(600 * np.exp(piecewise(-.03, .08, 2018) + rng.normal(0, .12, 15))), people),
    "poisson_smooth": ("poisson", np.round(900 * np.exp(piecewise(.02, -.06, 2016))), people),
    "poisson_zeros": ("poisson", rng.poisson(1.2, 15).astype(float), None),
    "log": ("gaussian_log", 8 * np.exp(piecewise(-.04, .07, 2017) + rng.normal(0, .02, 15)), None),
    "log_rate": ("gaussian_log", np.round(people * .006 * np.exp(piecewise(.01, .03, 2019) + rng.normal(0, .03, 15))), people),
    "line": ("linear", 60 + piecewise(.9, -1.4, 2018) + rng.normal(0, .4, 15), None),
    "noise": ("linear", rng.normal(0, 1, 15), None),
}
series, expected = [], []
for name, (model, y, exposure) in cases.items():
    for t, v, e in zip(years, y, exposure if exposure is not None else [1.0] * 15):
        series.append([name, model, float(t), float(v), float(e)])

    def fit(c):
        X = [np.ones(15), years - 2010] + ([] if c is None else [np.maximum(0, years - c)])
        X = np.column_stack(X)
        if model == "poisson":
            off = None if exposure is None else np.log(exposure)
            r = sm.GLM(y, X, family=sm.families.Poisson(), offset=off).fit(tol=1e-14, maxiter=500)
            return r, r.deviance, r.pearson_chi2
        z = y if model == "linear" else np.log(y / (exposure if exposure is not None else 1))
        r = sm.OLS(z, X).fit()
        return r, r.ssr, r.ssr

    grid = years[2:-2]
    fits = [fit(c) for c in grid]
    dev = np.array([f[1] for f in fits])
    k = int(dev.argmin())
    r, d, pearson = fits[k]
    chi = stats.chi2.ppf(.95, 1)
    if model == "poisson":
        phi = max(1.0, pearson / 12)
        q, cov = stats.norm.ppf(.975), r.cov_params() * phi
        inside = grid[dev <= d + chi * phi]
    else:
        phi = d / 12
        q, cov = stats.t.ppf(.975, 12), r.cov_params()
        inside = grid[15 * np.log(dev / d) <= chi]
    b = r.params
    row = [name, grid[k], inside.min(), inside.max(), d, fit(None)[1], phi]
    for value, var in [(b[1], cov[1, 1]), (b[1] + b[2], cov[1, 1] + cov[2, 2] + 2 * cov[1, 2]), (b[2], cov[2, 2])]:
        se = var ** .5
        row += [value, se, value - q * se, value + q * se]
    straight, _, p2 = fit(None)
    phi = max(1.0, p2 / 13) if model == "poisson" else 1.0
    row += [straight.params[1], (straight.cov_params()[1, 1] * phi) ** .5]
    expected.append(row)
write("series.csv", ["case", "model", "time", "value", "exposure"], series)
parts = [f"{a}_{b}" for a in ("before", "after", "difference") for b in ("value", "se", "lower", "upper")]
write("segmented.csv", ["case", "break", "break_lower", "break_upper", "deviance", "deviance_straight", "dispersion"] + parts
      + ["straight", "straight_se"], expected)

# Autoregressive deviations around a trend: least squares of y on a constant, time and its lag.
rows = []
for name, rho in [("positive", .6), ("negative", -.4), ("none", 0.)]:
    u = np.zeros(20)
    e = rng.normal(0, 1, 20)
    for t in range(1, 20):
        u[t] = rho * u[t - 1] + e[t]
    y = 50 - .4 * np.arange(20) + u
    m = AutoReg(y, 1, trend="ct").fit()
    const, trend, lag = m.params  # time counts from 1 at the first observation
    forecast = m.predict(20, 25)
    rows.append([name, lag, trend / (1 - lag), *map(float, forecast), *map(float, y)])
write("ar1.csv", ["case", "rho", "slope"] + [f"forecast{i}" for i in range(1, 7)] + [f"y{i}" for i in range(20)], rows)

rows = []
for df in [1, 2, 3, 4, 5, 7, 10, 12, 30, 200, 1e6]:
    for p in [1e-9, .001, .025, .2, .5, .7, .95, .975, .9999]:
        t = stats.t.ppf(p, df)
        rows.append([float(df), p, float(t), float(stats.t.cdf(-1.7, df)), float(stats.t.cdf(3.3, df))])
write("student_t.csv", ["degrees", "probability", "quantile", "below_minus_1_7", "below_3_3"], rows)

rows = []
for i in range(6):
    p = rng.random(12) ** (i + 1)
    if i == 3: p[4] = p[7] = p[9]
    for a, b in zip(p, stats.false_discovery_control(p)):
        rows.append([str(i), float(a), float(b)])
write("adjusted.csv", ["case", "probability", "adjusted"], rows)

x = rng.normal(size=(30, 4)) * [1, 10, 100, .1] + [5, 60, 7, 1]
z = stats.zscore(x, axis=0)
w = np.array([1, 2, .5, 1])
d = cdist(z, z, "euclidean", w=w / w.sum())
rows = []
for i in range(30):
    order = [j for j in np.argsort(d[i], kind="stable") if j != i][:5]
    rows.append([i, *map(float, x[i]), *map(int, order), *[float(d[i, j]) for j in order]])
write("neighbours.csv", ["area", "f1", "f2", "f3", "f4"] + [f"n{k}" for k in range(5)] + [f"d{k}" for k in range(5)], rows)

# EWMA with a first value of 0 by a linear filter.
from scipy.signal import lfilter
z = rng.normal(size=12)
rows = [[float(a), float(b)] for a, b in zip(z, lfilter([.3], [1, -.7], z))]
write("ewma.csv", ["z", "average"], rows)

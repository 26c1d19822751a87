"""Reference numbers for the construction of composite indicators by NumPy, SciPy and pymcdm.

Writes values.csv (60 areas, six indicators, the last two with gaps) and expected.csv (name, index, value) beside it.
Run: pip install numpy scipy pymcdm; python3 generate.py
"""
import csv, os
import numpy as np
from pymcdm.weights import critic_weights, entropy_weights
from scipy import optimize, special, stats

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(20250117)
n = 60
factor = rng.standard_normal(n)
noise = rng.standard_normal((n, 6))
raw = np.column_stack([
    20 + 4 * (0.9 * factor + 0.5 * noise[:, 0]), np.exp(0.8 * (0.7 * factor + 0.7 * noise[:, 1]) + 1),
    50 + 10 * (0.6 * factor + 0.8 * noise[:, 2]), 30 - 5 * (-0.5 * factor + 0.9 * noise[:, 3]),
    rng.integers(1, 9, n) + np.round(factor + 3), 5 + 2 * (0.8 * factor + 0.6 * noise[:, 5])])
raw = np.abs(raw).round(3) + 0.01
raw[3, 1], raw[17, 1], raw[40, 1] = 90.01, 61.51, 61.51
gaps = raw.copy()
gaps[[2, 11, 29, 41], 4] = np.nan
gaps[[5, 11, 50], 5] = np.nan

out = []
def put(name, values):
    for i, v in enumerate(np.atleast_1d(np.asarray(values, dtype=float)).ravel()):
        out.append([name, i, repr(float(v))])

for c in range(6):
    x = gaps[:, c][~np.isnan(gaps[:, c])]
    put(f"shape_{c}", [stats.skew(x, bias=False), stats.kurtosis(x, bias=False)])
for method, f in [("pearson", stats.pearsonr), ("spearman", stats.spearmanr),
                  ("kendall", lambda a, b: stats.kendalltau(a, b, method="asymptotic"))]:
    for i in range(6):
        for j in range(i + 1, 6):
            both = ~np.isnan(gaps[:, i]) & ~np.isnan(gaps[:, j])
            r = f(gaps[both, i], gaps[both, j])
            put(f"{method}_{i}_{j}", [r.statistic, r.pvalue])

R = np.corrcoef(raw, rowvar=False)
e, v = np.linalg.eigh(R)
order = np.argsort(-e)
put("eigenvalues", e[order])
first = v[:, order[0]] * np.sign(v[:, order[0]].sum())
put("first_component", first)
S = np.cov(raw, rowvar=False)
put("alpha", 6 / 5 * (1 - np.trace(S) / S.sum()))

def factor_model(R):
    """The objective and start of R's factanal, minimised by SciPy's L-BFGS-B and polished by a trust region."""
    p = len(R)
    def f(psi):
        sc = np.diag(1 / np.sqrt(psi))
        ev = np.linalg.eigvalsh(sc @ R @ sc)[::-1][1:]
        return -np.sum(np.log(ev) - ev) - p + 1
    def g(psi):
        sc = np.diag(1 / np.sqrt(psi))
        ev, vec = np.linalg.eigh(sc @ R @ sc)
        load = vec[:, [-1]] * np.sqrt(max(ev[-1] - 1, 0))
        load = np.diag(np.sqrt(psi)) @ load
        return np.diag(load @ load.T + np.diag(psi) - R) / psi ** 2
    start = (1 - 0.5 / p) / np.diag(np.linalg.inv(R))
    best = optimize.minimize(f, start, jac=g, method="L-BFGS-B", bounds=[(0.005, 1)] * p,
                             options={"ftol": 1e-16, "gtol": 1e-12, "maxiter": 10000, "maxls": 100})
    psi = best.x
    sc = np.diag(1 / np.sqrt(psi))
    ev, vec = np.linalg.eigh(sc @ R @ sc)
    load = np.sqrt(psi) * vec[:, -1] * np.sqrt(max(ev[-1] - 1, 0))
    load *= np.sign(load.sum())
    w = np.linalg.solve(R, load)
    return psi, load, w / w.sum()

def normal_scores(x):
    return stats.norm.ppf((stats.rankdata(x, axis=0) - 0.5) / len(x))

for name, M in [("raw", R), ("scores", np.corrcoef(normal_scores(raw), rowvar=False))]:
    psi, load, w = factor_model(M)
    put(f"factor_{name}_uniquenesses", psi)
    put(f"factor_{name}_loadings", load)
    put(f"factor_{name}_weights", w)
# A correlation matrix in which the second indicator is nearly the factor itself: its uniqueness lies on the bound.
heywood = np.array([[1, .82, .5, .4], [.82, 1, .6, .5], [.5, .6, 1, .25], [.4, .5, .25, 1.]])
put("heywood_matrix", heywood)
psi, load, w = factor_model(heywood)
put("heywood_uniquenesses", psi)
put("heywood_loadings", load)

put("entropy", entropy_weights(raw))
put("critic", critic_weights(raw))
put("boxcox_lambda", [stats.boxcox_normmax(raw[:, c], method="mle", brack=(-2, 2)) for c in range(6)])
put("boxcox_1", stats.boxcox(raw[:, 1], 0.3)[:5])

y = raw[:, :4]
put("bod", [-optimize.linprog(-y[i], A_ub=y, b_ub=np.ones(n), method="highs").fun for i in range(n)])

# Indicator 4 by least squares on 0-3 and 5 where all are present; area 11 lacks indicator 5 and uses 0-3 alone.
def regress(target, columns, area):
    ok = ~np.isnan(gaps[:, columns + [target]]).any(axis=1)
    A = np.column_stack([np.ones(ok.sum()), gaps[ok][:, columns]])
    b, *_ = np.linalg.lstsq(A, gaps[ok, target], rcond=None)
    return b[0] + gaps[area, columns] @ b[1:]
put("regression", [regress(4, [0, 1, 2, 3] + ([5] if a != 11 else []), a) for a in (2, 11, 29, 41)])

for k, m in [(0, 20), (1, 20), (7, 20), (20, 20), (123, 4567)]:
    ci = stats.binomtest(k, m).proportion_ci(method="wilson")
    put(f"wilson_{k}_{m}", [ci.low, ci.high])
    b = stats.beta(k + .5, m - k + .5)
    put(f"jeffreys_{k}_{m}", [0 if k == 0 else b.ppf(.025), 1 if k == m else b.ppf(.975)])
for k in (0, 1, 10, 250):
    put(f"poisson_{k}", [0 if k == 0 else stats.chi2.ppf(.025, 2 * k) / 2, stats.chi2.ppf(.975, 2 * k + 2) / 2])

# Weights under which all six correlate equally with their weighted mean, by SciPy's own search.
sd = raw.std(axis=0, ddof=1)
def spread(u):
    r = R @ u / np.sqrt(u @ R @ u)
    return np.sum((r - r.mean()) ** 2)
u = optimize.minimize(lambda t: spread(np.exp(t)), np.zeros(6), method="BFGS", options={"gtol": 1e-14}).x
w = np.exp(u) / sd
put("balanced", w / w.sum())

# Weighted means of the six indicators of the first twelve areas, and Mazziotta and Pareto's index of their scores.
weights = np.array([1, 2, 3, 1, 2, 1.5])
first = raw[:12]
put("mean_geometric", stats.gmean(first, axis=1, weights=weights))
put("mean_harmonic", stats.hmean(first, axis=1, weights=weights))
put("mean_power_half", stats.pmean(first, 0.5, axis=1, weights=weights))
put("mean_power_3", stats.pmean(first, 3, axis=1, weights=weights))
z = 100 + 10 * stats.zscore(raw, axis=0, ddof=1)[:12]
put("mazziotta_pareto", z.mean(axis=1) - z.std(axis=1, ddof=1) * stats.variation(z, axis=1, ddof=1))

with open(os.path.join(here, "values.csv"), "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow([f"x{c}" for c in range(6)] + ["g4", "g5"])
    for i in range(n):
        w.writerow([repr(float(x)) for x in raw[i]] + ["" if np.isnan(x) else repr(float(x)) for x in gaps[i, 4:]])
with open(os.path.join(here, "expected.csv"), "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(["name", "index", "value"])
    w.writerows(out)

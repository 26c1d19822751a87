"""The replicates of simulate.py in NumPy: python3 simulate_numpy.py FOLDER REPLICATES.

Prints the wall and processor seconds of the loop, then each area's score without noise. Uses what NumPy does in one call: searchsorted, sums
over axes, a matrix product for the base, partition for the bound.
"""

import re
import statistics
import sys
import time

import numpy as np

K, CLASSES, CONCENTRATION, NOISE = 23.0, 5, 200.0, 0.05


def read(folder):
  """Areas, years, whether an area is scored, and indicators in columns."""
  with open(folder + "/areas.csv", encoding="utf-8") as handle:
    names = handle.readline().strip().split(";")[3:]
    rows = [line.strip().split(";") for line in handle]
  values = np.array([[float(cell) for cell in row[3:]] for row in rows])
  return np.array([row[0] for row in rows]), np.array([int(row[1]) for row in rows]), \
    np.array([row[2] == "1" for row in rows]), names, values


def read_profile(folder):
  """Weights, and for each domain its columns and signs."""
  weights, domains = [], []
  for line in open(folder + "/profile.yml", encoding="utf-8"):
    if found := re.search(r"weight: ([0-9.]+)", line):
      weights.append(float(found.group(1)))
      domains.append([])
    if found := re.search(r"column: i(\d+), direction: (\w+)", line):
      domains[-1].append((int(found.group(1)), -1.0 if found.group(2) == "higher_is_better" else 1.0))
  return np.array(weights), domains


def places(values, base):
  """The place, 1 to N, of each value among sorted base values, counted from the least deprived; average ties."""
  below, at_most = np.searchsorted(base, values, "left"), np.searchsorted(base, values, "right")
  equal = at_most - below
  return np.clip(np.where(equal > 0, below + (equal + 1) / 2, below), 1, len(base))


def main():
  folder, replicates = sys.argv[1], int(sys.argv[2])
  areas, years, own, _, values = read(folder)
  weights, domains = read_profile(folder)
  weights = weights / weights.sum()
  base, now = values[years == 2012], values[(years == 2020) & own]
  n = len(base)
  normal = statistics.NormalDist()
  # The normal score of every half place, so that a place is looked up.
  table = np.array([0.0, 0.0] + [normal.inv_cdf((half / 2 - 0.5) / n) for half in range(2, 2 * n + 1)])
  signs = np.zeros(base.shape[1])
  for domain in domains:
    for column, sign in domain:
      signs[column] = sign
  sorted_signed = np.sort(base * signs, axis=0)

  def domain_values(matrix):
    """The mean normal score of each domain's indicators."""
    signed = matrix * signs
    scores = np.empty_like(signed)
    for column in range(signed.shape[1]):
      scores[:, column] = table[(2 * places(signed[:, column], sorted_signed[:, column])).astype(int)]
    return np.stack([scores[:, [c for c, _ in domain]].mean(axis=1) for domain in domains], axis=1)

  def exponential(scaled):
    return -K * np.log1p(-scaled * (1 - np.exp(-100 / K)))

  base_values = domain_values(base)
  sorted_values = np.sort(base_values, axis=0)

  def domain_scores(matrix):
    raw = domain_values(matrix)
    return np.stack([exponential(places(raw[:, d], sorted_values[:, d]) / n) for d in range(len(domains))], axis=1)

  base_scores = np.stack(
    [exponential(places(base_values[:, d], sorted_values[:, d]) / n) for d in range(len(domains))], axis=1)
  reference = domain_scores(now) @ weights
  bound_place = (n * (CLASSES - 1) + CLASSES - 1) // CLASSES - 1
  random = np.random.default_rng(1)
  scores, ranks, counts = np.empty((replicates, len(now))), np.empty((replicates, len(now)), int), np.empty(replicates)
  start, used = time.perf_counter(), time.process_time()
  for replicate in range(replicates):
    drawn = random.dirichlet(CONCENTRATION * weights)
    own_scores = domain_scores(now + random.uniform(-NOISE, NOISE, now.shape)) @ drawn
    bound = np.partition(base_scores @ drawn, bound_place)[bound_place]
    scores[replicate] = own_scores
    ranks[replicate] = np.argsort(np.argsort(-own_scores)) + 1
    counts[replicate] = (own_scores > bound).sum()
  np.quantile(scores, [0.05, 0.95], axis=0)
  np.quantile(ranks, [0.05, 0.95], axis=0)
  np.quantile(counts, [0.05, 0.95])
  print("%.6f %.6f" % (time.perf_counter() - start, time.process_time() - used))
  for area, score in zip(areas[(years == 2020) & own], reference):
    print("%s %r" % (area, float(score)))


if __name__ == "__main__":
  main()

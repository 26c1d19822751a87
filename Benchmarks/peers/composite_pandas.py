"""The composite job in pandas: a frame a year, whole columns at a time."""

import numpy as np
import pandas as pd

from job import INHABITANTS, MISSING, STEEPNESS, Job

job = Job()
names = job.indicators
weight = np.array([job.weight[name] for name in names])
direction = np.array([job.direction[name] for name in names], dtype="float64")
fall = 1 - np.exp(-100 / STEEPNESS)
numbers = [INHABITANTS, *names]


def year_frame(year, path):
  """The buurten of one year with the indicators, revised where a feed says so, sorted by code."""
  frame = pd.read_csv(path, sep=";", decimal=",", na_values=MISSING, encoding="utf-8-sig",
                      usecols=["SoortRegio_3", "Codering_4", *numbers], dtype=dict.fromkeys(numbers, "float64"))
  frame = frame[frame["SoortRegio_3"].str.startswith("Buurt", na=False)]
  frame = frame.assign(buurt=frame["Codering_4"].str.strip()).sort_values("buurt").set_index("buurt")[numbers]
  if year in job.feeds:
    feed = job.revision(job.feeds[year])
    revised = pd.DataFrame({name: feed[name] for name in names}, index=feed["Codering_4"], dtype="float64")
    frame[names] = revised.reindex(frame.index).combine_first(frame[names])[names]
  return frame


def scored(year, frame):
  """Scores, composite, rank, class and deltas of one year."""
  value = frame[names] * direction
  present = value.notna().to_numpy()
  z = (value - value.mean()) / value.std(ddof=0)
  share = value.rank(method="average") / value.count()
  e = (-STEEPNESS * np.log(1 - share * fall)).to_numpy()
  composite = np.where(present, e * weight, 0).sum(axis=1) / np.where(present, weight, 0).sum(axis=1)
  composite = pd.Series(composite, index=frame.index).where(present.sum(axis=1) >= 8)
  inhabitants, gemeente = frame[INHABITANTS], "GM" + frame.index.str[2:6]
  known = composite.notna()

  def mean(keep):
    return (composite * inhabitants)[keep].sum() / inhabitants[keep].sum()

  result = pd.DataFrame({"year": np.int32(year), "buurt": frame.index, "gemeente": gemeente}, index=frame.index)
  result["inhabitants"] = inhabitants
  return pd.concat([result, frame[names], z.add_prefix("z_"), pd.DataFrame({
    "composite": composite,
    "rank": composite.rank(method="min", ascending=False).astype("Int32"),
    "class": (1 + 5 * (composite.rank(method="min") - 1) // known.sum()).astype("Int32"),
    "delta_group": composite - mean(known & gemeente.isin(job.group)),
    "delta_national": composite - mean(known)})], axis=1)


def record(year, frame):
  """The summary of one year."""
  composite, focus = frame["composite"], frame[frame["gemeente"] == job.focus]
  known = focus[focus["composite"].notna()]
  return {
    "year": year, "n": int(composite.count()), "mean": composite.mean(), "sd": composite.std(ddof=0),
    "national": (composite - frame["delta_national"]).mean(), "group": (composite - frame["delta_group"]).mean(),
    "focus": (known["composite"] * known["inhabitants"]).sum() / known["inhabitants"].sum(),
    "very_high": int((focus["class"] == 5).sum()), "ranksum": int(frame["rank"].sum()),
    "zsum": float(frame[["z_" + name for name in names]].abs().sum().sum())}


frames = {year: scored(year, year_frame(year, path)) for year, path in job.tables.items()}
pd.concat(frames.values()).to_parquet(job.out / "composite.parquet", compression="zstd", index=False)
first, last = (frames[year][lambda frame: frame["gemeente"] == job.focus] for year in (min(frames), max(frames)))
pairs = pd.DataFrame({"early": first["composite"], "late": last["composite"]}).loc[first.index.intersection(last.index)]
job.write_summary([record(year, frame) for year, frame in frames.items()],
                  (pairs["late"] < pairs["early"]).sum(), len(pairs))

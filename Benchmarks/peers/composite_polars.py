"""The composite job in Polars: lazy scans with projection, one lazy frame a year, all years collected together."""

import math
import os
import sys

if "--threads" in sys.argv and sys.argv[sys.argv.index("--threads") + 1] != "0":
  os.environ["POLARS_MAX_THREADS"] = sys.argv[sys.argv.index("--threads") + 1]

import polars as pl  # noqa: E402

from job import INHABITANTS, MISSING, STEEPNESS, Job  # noqa: E402

job = Job()
names = job.indicators
fall = 1 - math.exp(-100 / STEEPNESS)


def year_frame(year, path):
  """The buurten of one year with the indicators, revised where a feed says so."""
  frame = (
    pl.scan_csv(path, separator=";", decimal_comma=True, null_values=MISSING, comment_prefix="\u00a9",
                schema_overrides=dict.fromkeys(job.measures, pl.Float64))
    .filter(pl.col("SoortRegio_3").str.starts_with("Buurt"))
    .select(pl.lit(year, pl.Int32).alias("year"), pl.col("Codering_4").str.strip_chars().alias("buurt"),
            pl.col(INHABITANTS).alias("inhabitants"), *names))
  if year in job.feeds:
    feed = job.revision(job.feeds[year])
    revised = pl.LazyFrame({"buurt": feed["Codering_4"], **{name + "_new": feed[name] for name in names}},
                           schema_overrides={name + "_new": pl.Float64 for name in names})
    frame = frame.join(revised, on="buurt", how="left").with_columns(
      pl.coalesce(name + "_new", name).alias(name) for name in names).drop(name + "_new" for name in names)
  return frame


def scored(frame):
  """Scores, composite, rank, class and deltas of one year."""
  value = {name: pl.col(name) * job.direction[name] for name in names}
  present = {name: pl.col(name).is_not_null() for name in names}
  share = {name: v.rank("average") / v.count() for name, v in value.items()}
  exponential = {name: (1 - r * fall).log() * -STEEPNESS for name, r in share.items()}
  enough = pl.sum_horizontal(present.values()) >= 8
  weighted = pl.sum_horizontal(exponential[name] * job.weight[name] for name in names)
  weights = pl.sum_horizontal(present[name] * job.weight[name] for name in names)
  frame = frame.with_columns(
    pl.concat_str(pl.lit("GM"), pl.col("buurt").str.slice(2, 4)).alias("gemeente"),
    *[((v - v.mean()) / v.std(ddof=0)).alias("z_" + name) for name, v in value.items()],
    pl.when(enough).then(weighted / weights).alias("composite"))
  composite, inhabitants = pl.col("composite"), pl.col("inhabitants")
  in_group = composite.is_not_null() & pl.col("gemeente").is_in(job.group)
  mean = lambda keep: (composite * inhabitants).filter(keep).sum() / inhabitants.filter(keep).sum()
  below, known = composite.rank("min").cast(pl.Int64) - 1, composite.count().cast(pl.Int64)
  return frame.with_columns(
    composite.rank("min", descending=True).cast(pl.Int32).alias("rank"),
    (1 + 5 * below // known).cast(pl.Int32).alias("class"),
    (composite - mean(in_group)).alias("delta_group"),
    (composite - mean(composite.is_not_null())).alias("delta_national")).sort("buurt")


frames = pl.collect_all([scored(year_frame(year, path)) for year, path in job.tables.items()])
result = pl.concat(frames).select(
  "year", "buurt", "gemeente", "inhabitants", *names, *["z_" + name for name in names],
  "composite", "rank", "class", "delta_group", "delta_national")
result.write_parquet(job.out / "composite.parquet", compression="zstd")

composite, in_focus = pl.col("composite"), pl.col("gemeente") == job.focus
weight = pl.col("inhabitants").filter(in_focus & composite.is_not_null())
years = result.group_by("year").agg(
  composite.count().alias("n"), composite.mean().alias("mean"), composite.std(ddof=0).alias("sd"),
  (composite - pl.col("delta_national")).mean().alias("national"),
  (composite - pl.col("delta_group")).mean().alias("group"),
  ((composite * pl.col("inhabitants")).filter(in_focus).sum() / weight.sum()).alias("focus"),
  (in_focus & (pl.col("class") == 5)).sum().alias("very_high"),
  pl.sum_horizontal(pl.col("z_" + name).abs().sum() for name in names).alias("zsum"),
  pl.col("rank").sum().alias("ranksum")).sort("year").to_dicts()
first, last = (frame.filter(in_focus).select("buurt", "composite") for frame in (frames[0], frames[-1]))
pairs = first.join(last, on="buurt", suffix="_last")
job.write_summary(years, pairs.select((pl.col("composite_last") < composite).sum()).item(), pairs.height)

"""The extract job in Polars: one lazy scan a year, written by the streaming sink."""

import os
import sys

if "--threads" in sys.argv and sys.argv[sys.argv.index("--threads") + 1] != "0":
  os.environ["POLARS_MAX_THREADS"] = sys.argv[sys.argv.index("--threads") + 1]

import polars as pl  # noqa: E402

from job import KEYS, MISSING, PADDED, Job  # noqa: E402

job = Job()
numbers = dict.fromkeys(job.measures, pl.Float64)


def year_frame(year, path):
  """All rows and measures of one year."""
  key = lambda name: pl.col(name).str.strip_chars() if name in PADDED else pl.col(name)
  return pl.scan_csv(path, separator=";", decimal_comma=True, null_values=MISSING, comment_prefix="\u00a9",
                     schema_overrides=numbers).filter(pl.col("Codering_4").is_not_null()).select(
    pl.lit(year, pl.Int64).alias("year"), *[key(name) for name in KEYS], *job.measures)


pl.concat([year_frame(*item) for item in job.tables.items()]).sink_parquet(
  job.out / "kerncijfers.parquet", compression="zstd", compression_level=1)
frames = [pl.DataFrame({"year": [year] * len(next(iter(feed.values()))), **feed}, schema_overrides=numbers)
          for year, feed in ((year, job.feed(path)) for year, path in job.feeds.items())]
pl.concat(frames).write_parquet(job.out / "typeddataset.parquet", compression="zstd", compression_level=1)

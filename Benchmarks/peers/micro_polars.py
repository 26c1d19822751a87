"""The micro job in Polars: one lazy scan with given types, collected by the streaming engine."""

import os
import sys

if "--threads" in sys.argv and sys.argv[sys.argv.index("--threads") + 1] != "0":
  os.environ["POLARS_MAX_THREADS"] = sys.argv[sys.argv.index("--threads") + 1]

import polars as pl  # noqa: E402

from persons import KEYS, Persons  # noqa: E402

job = Persons()
kinds = {"jaar": pl.Int16, "buurt": pl.String, "leeftijd": pl.String, "opleiding": pl.Int8, "beroep": pl.Int8,
         "werkgemeente": pl.String, "sector": pl.String}
counts = (pl.scan_csv(job.path, separator=";", schema=kinds).group_by(KEYS).agg(n=pl.len()).sort(KEYS, nulls_last=True)
          .collect(engine="streaming"))
counts.write_parquet(job.out / "counts.parquet", compression="zstd", compression_level=1)
n, learned, work = pl.col("n"), pl.col("opleiding"), pl.col("beroep")
years = (counts.group_by("jaar").agg(
  persons=n.sum(), groups=pl.len(), workers=n.filter(learned.is_not_null() & work.is_not_null()).sum(),
  over=n.filter(learned > work + 1).sum()).sort("jaar"))
job.write_summary(years.to_dicts())

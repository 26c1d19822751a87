"""The pivot job in Polars: one scan, a pivot with its columns given."""

import os
import sys

if "--threads" in sys.argv and sys.argv[sys.argv.index("--threads") + 1] != "0":
  os.environ["POLARS_MAX_THREADS"] = sys.argv[sys.argv.index("--threads") + 1]

import polars as pl  # noqa: E402

from job import Job  # noqa: E402

job = Job()
path = job.observations[max(job.observations)]
kinds = {"Measure": pl.String, "WijkenEnBuurten": pl.String, "Value": pl.Float64}
wide = (pl.scan_csv(path, separator=";", decimal_comma=True, schema_overrides=kinds).select(list(kinds)).collect()
        .pivot(on="Measure", on_columns=job.codes, index="WijkenEnBuurten", values="Value", aggregate_function="first")
        .with_columns(pl.col("WijkenEnBuurten").str.strip_chars()).sort("WijkenEnBuurten"))
wide.write_parquet(job.out / "wide.parquet", compression="zstd", compression_level=1)

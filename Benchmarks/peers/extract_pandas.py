"""The extract job in pandas: the C reader, a frame a year appended to one Parquet file."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from job import KEYS, MISSING, PADDED, Job

job = Job()
writer = None
kinds = {**dict.fromkeys(KEYS, "str"), **dict.fromkeys(job.measures, "float64")}
for year, path in job.tables.items():
  frame = pd.read_csv(path, sep=";", decimal=",", na_values={**dict.fromkeys(job.measures, MISSING), **dict.fromkeys(KEYS, [""])}, keep_default_na=False,
                      usecols=KEYS + job.measures, dtype=kinds, encoding="utf-8-sig")
  frame = frame.dropna(subset=["Codering_4"])  # the footer
  for name in PADDED:
    frame[name] = frame[name].str.strip()
  frame.insert(0, "year", year)
  table = pa.Table.from_pandas(frame[["year", *KEYS, *job.measures]], preserve_index=False)
  if writer is None:
    writer = pq.ParquetWriter(job.out / "kerncijfers.parquet", table.schema, compression="zstd", compression_level=1)
  writer.write_table(table)
writer.close()
measures = set(job.measures)
for year, path in job.feeds.items():
  feed = job.feed(path)
  table = pa.table({"year": [year] * len(next(iter(feed.values()))), **{
    name: pa.array(column, pa.float64()) if name in measures else column for name, column in feed.items()}})
  pq.write_table(table, job.out / "typeddataset.parquet", compression="zstd", compression_level=1)

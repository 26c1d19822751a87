"""The extract job in pyarrow: a streaming CSV reader a year, batches straight into one Parquet writer."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from job import KEYS, MISSING, PADDED, Job

job = Job()
if job.threads:
  pa.set_cpu_count(job.threads)
  pa.set_io_thread_count(job.threads)
types = {**{name: pa.float64() for name in job.measures}, **{name: pa.string() for name in KEYS}}
writer = None
for year, path in job.tables.items():
  reader = csv.open_csv(
    path, csv.ReadOptions(block_size=1 << 22, use_threads=job.threads != 1),
    csv.ParseOptions(delimiter=";", invalid_row_handler=lambda row: "skip"),
    csv.ConvertOptions(column_types=types, null_values=MISSING, decimal_point=",", include_columns=KEYS + job.measures,
                       strings_can_be_null=True, quoted_strings_can_be_null=True))
  for batch in reader:
    keys = [pc.utf8_trim_whitespace(batch[name]) if name in PADDED else batch[name] for name in KEYS]
    table = pa.Table.from_arrays(
      [pa.array([year] * batch.num_rows, pa.int64()), *keys, *[batch[name] for name in job.measures]],
      names=["year", *KEYS, *job.measures])
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

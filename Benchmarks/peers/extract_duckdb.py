"""The extract job in DuckDB: one scan of all files, copied to Parquet; the feed goes through Arrow."""

import duckdb
import pyarrow as pa

from job import KEYS, PADDED, Job

job = Job()
database = duckdb.connect(config={"threads": job.threads} if job.threads else {})
number = "CAST(replace(CASE WHEN %(c)s IN ('.', 'x', '') THEN NULL ELSE %(c)s END, ',', '.') AS DOUBLE) AS %(c)s"
columns = ", ".join(
  ["CAST(regexp_extract(filename, '_(\\d{4})\\.', 1) AS BIGINT) AS year"]
  + [('trim("%s") AS "%s"' if name in PADDED else '"%s" AS "%s"') % (name, name) for name in KEYS]
  + [number % {"c": '"%s"' % name} for name in job.measures])
files = "[%s]" % ", ".join("'%s'" % path for path in job.tables.values())
database.sql("SET preserve_insertion_order = true")
database.sql("""
  COPY (SELECT %s FROM read_csv(%s, delim=';', header=true, quote='"', escape='"', all_varchar=true, filename=true,
                                null_padding=true) WHERE "Codering_4" IS NOT NULL)
  TO '%s' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)""" % (columns, files, job.out / "kerncijfers.parquet"))
for year, path in job.feeds.items():
  feed = job.feed(path)
  entries = pa.table({"year": [year] * len(next(iter(feed.values()))), **{
    name: pa.array(column, pa.float64()) if name in set(job.measures) else column for name, column in feed.items()}})
  database.sql("COPY (SELECT * FROM entries) TO '%s' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
               % (job.out / "typeddataset.parquet"))

"""The micro job in DuckDB: one scan with given types, one COPY, and the summary from what was written."""

import duckdb

from persons import Persons

job = Persons()
database = duckdb.connect(config={"threads": job.threads} if job.threads else {})
written = job.out / "counts.parquet"
kinds = {"jaar": "SMALLINT", "buurt": "VARCHAR", "leeftijd": "VARCHAR", "opleiding": "TINYINT", "beroep": "TINYINT",
         "werkgemeente": "VARCHAR", "sector": "VARCHAR"}
database.sql("""
  COPY (SELECT jaar, buurt, opleiding, beroep, count(*)::UINTEGER AS n
        FROM read_csv('%s', delim=';', header=true, auto_detect=false, quote='', escape='', new_line='\\n', columns=%s)
        GROUP BY ALL ORDER BY jaar, buurt, opleiding NULLS LAST, beroep NULLS LAST)
  TO '%s' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)""" % (job.path, kinds, written))
years = database.sql("""
  SELECT jaar, sum(n)::BIGINT AS persons, count(*) AS groups,
         sum(n) FILTER (opleiding IS NOT NULL AND beroep IS NOT NULL)::BIGINT AS workers,
         sum(n) FILTER (opleiding > beroep + 1)::BIGINT AS over
  FROM '%s' GROUP BY jaar ORDER BY jaar""" % written)
job.write_summary([dict(zip(years.columns, row)) for row in years.fetchall()])

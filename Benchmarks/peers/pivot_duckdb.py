"""The pivot job in DuckDB: conditional aggregates, faster than PIVOT when the measures are known."""

import duckdb

from job import Job

job = Job()
database = duckdb.connect(config={"threads": job.threads} if job.threads else {})
names = ["Id", "Measure", "WijkenEnBuurten", "Perioden", "Value", "StringValue", "ValueAttribute"]
kinds = ", ".join("'%s': '%s'" % (name, {"Id": "BIGINT", "Value": "DOUBLE"}.get(name, "VARCHAR")) for name in names)
columns = ", ".join("max(Value) FILTER (Measure = '%s') AS %s" % (code, code) for code in job.codes)
database.sql("""
  COPY (SELECT trim(WijkenEnBuurten) AS WijkenEnBuurten, %s
        FROM read_csv('%s', delim=';', header=true, auto_detect=false, decimal_separator=',', new_line='\\r\\n',
                      columns={%s})
        GROUP BY ALL ORDER BY 1)
  TO '%s' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"""
             % (columns, job.observations[max(job.observations)], kinds, job.out / "wide.parquet"))

"""The composite job in DuckDB: one scan of all CSV files, scores from counts of distinct values, all in SQL."""

import duckdb
import pyarrow as pa

from job import INHABITANTS, MISSING, STEEPNESS, Job

job = Job()
names = job.indicators
database = duckdb.connect()
if job.threads:
  database.execute("SET threads = %d" % job.threads)


def each(form, items=names, glue=", "):
  """`form` for every item."""
  return glue.join(form.format(item) for item in items)


quoted = each("'{}'", [str(path) for path in job.tables.values()])
texts = ["ID", "WijkenEnBuurten", "RegioNaam_1", "Gemeentenaam_2", "SoortRegio_3", "Codering_4"]
types = each("'{}': 'VARCHAR'", texts) + ", " + each("'{}': 'DOUBLE'", job.measures)
database.execute(f"""
  CREATE TEMP TABLE wide AS
  SELECT CAST(regexp_extract(filename, '_([0-9]{{4}})[.]csv$', 1) AS INTEGER) AS year, trim(Codering_4) AS buurt,
         "{INHABITANTS}" AS inhabitants, {each('"{}"')}
  FROM read_csv([{quoted}], delim = ';', quote = '"', escape = '"', header = true, new_line = '\\r\\n', filename = true,
                decimal_separator = ',', nullstr = [{each("'{}'", MISSING)}], columns = {{{types}}},
                auto_detect = false, null_padding = true, strict_mode = false)
  WHERE SoortRegio_3 LIKE 'Buurt%'""")

for year, path in job.feeds.items():
  feed = job.revision(path)
  database.register("feed", pa.table({"buurt": feed["Codering_4"], **{
    name: pa.array(feed[name], pa.float64()) for name in names}}))
  assignments = each('"{0}" = coalesce(feed."{0}", wide."{0}")')
  database.execute(f"UPDATE wide SET {assignments} FROM feed WHERE wide.year = {year} AND wide.buurt = feed.buurt")

database.register("profile", pa.table({
  "indicator": names, "weight": [job.weight[name] for name in names],
  "direction": [float(job.direction[name]) for name in names]}))
database.execute(f"""
  CREATE TEMP TABLE cell AS
  SELECT year, buurt, indicator, value * direction AS value, weight
  FROM (UNPIVOT wide ON {each('"{}"')} INTO NAME indicator VALUE value) JOIN profile USING (indicator)""")
database.execute(f"""
  CREATE TEMP TABLE score AS
  WITH tally AS (SELECT year, indicator, value, count(*) AS ties FROM cell GROUP BY ALL),
  moments AS (
    SELECT year, indicator, avg(value) AS mean, stddev_pop(value) AS sd, count(*) AS n FROM cell GROUP BY ALL),
  ranked AS (
    SELECT *, sum(ties) OVER (PARTITION BY year, indicator ORDER BY value) - (ties - 1) / 2.0 AS place FROM tally)
  SELECT year, indicator, value, (value - mean) / sd AS z,
         -{STEEPNESS} * ln(1 - place / n * (1 - exp(-100.0 / {STEEPNESS}))) AS e
  FROM ranked JOIN moments USING (year, indicator)""")
group = each("'{}'", job.group)
database.execute(f"""
  CREATE TEMP TABLE result AS
  WITH scored AS (
    SELECT year, buurt, CASE WHEN count(*) >= 8 THEN sum(weight * e) / sum(weight) END AS composite,
           {each('''max(z) FILTER (indicator = '{0}') AS "z_{0}"''')}
    FROM cell JOIN score USING (year, indicator, value) GROUP BY year, buurt),
  area AS (
    SELECT wide.*, 'GM' || substr(wide.buurt, 3, 4) AS gemeente, scored.* EXCLUDE (year, buurt),
           scored.composite IS NOT NULL AS known, gemeente IN ({group}) AS member
    FROM wide LEFT JOIN scored USING (year, buurt)),
  level AS (
    SELECT year, count(composite) AS n, sum(composite * inhabitants) / sum(inhabitants) FILTER (known) AS national,
           sum(composite * inhabitants) FILTER (member) / sum(inhabitants) FILTER (known AND member) AS peers
    FROM area GROUP BY year)
  SELECT year, buurt, gemeente, inhabitants, {each('"{}"')}, {each('"z_{}"')}, composite,
         CASE WHEN known THEN CAST(rank() OVER (PARTITION BY year ORDER BY composite DESC NULLS LAST) AS INTEGER) END
           AS rank,
         CASE WHEN known THEN CAST(
           1 + 5 * (rank() OVER (PARTITION BY year ORDER BY composite NULLS LAST) - 1) // n AS INTEGER) END AS class,
         composite - peers AS delta_group, composite - national AS delta_national
  FROM area JOIN level USING (year)""")
database.execute(f"""
  COPY (SELECT * FROM result ORDER BY year, buurt) TO '{job.out / "composite.parquet"}'
  (FORMAT parquet, COMPRESSION zstd)""")

focus = f"gemeente = '{job.focus}'"
years = database.sql(f"""
  SELECT year, count(composite) AS n, avg(composite) AS mean, stddev_pop(composite) AS sd,
         avg(composite - delta_national) AS national, avg(composite - delta_group) AS "group",
         sum(composite * inhabitants) FILTER ({focus}) / sum(inhabitants) FILTER ({focus} AND composite IS NOT NULL)
           AS focus,
         count(*) FILTER ({focus} AND class = 5) AS very_high, {each('sum(abs("z_{}"))', glue=" + ")} AS zsum,
         CAST(sum(rank) AS BIGINT) AS ranksum
  FROM result GROUP BY year ORDER BY year""").to_arrow_table().to_pylist()
improved, compared = database.execute(f"""
  SELECT count(*) FILTER (late.composite < early.composite), count(*)
  FROM result AS early JOIN result AS late USING (buurt)
  WHERE early.year = {min(job.tables)} AND late.year = {max(job.tables)} AND early.{focus}""").fetchone()
job.write_summary(years, improved, compared)

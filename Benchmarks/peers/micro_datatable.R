# The micro job in R's data.table: fread with chosen columns and given types, one keyed count. Writes CSV: Debian has no
# package with Parquet for R.
suppressPackageStartupMessages({library(data.table); library(jsonlite)})
arguments <- commandArgs(trailingOnly = TRUE)
threads <- match("--threads", arguments)
if (!is.na(threads) && arguments[threads + 1] != "0") setDTthreads(as.integer(arguments[threads + 1]))
dir.create(arguments[2], showWarnings = FALSE, recursive = TRUE)
kinds <- list(integer = c("jaar", "opleiding", "beroep"), character = "buurt")
persons <- fread(file.path(arguments[1], "persons.csv"), sep = ";", select = c("jaar", "buurt", "opleiding", "beroep"),
                 colClasses = kinds, showProgress = FALSE)
counts <- persons[, .(n = .N), keyby = .(jaar, buurt, opleiding, beroep)]
setorder(counts, jaar, buurt, opleiding, beroep, na.last = TRUE)
fwrite(counts, file.path(arguments[2], "counts.csv"))
years <- counts[, .(persons = sum(n), groups = .N, workers = sum(n[!is.na(opleiding) & !is.na(beroep)]),
                    over = sum(n[which(opleiding > beroep + 1L)])), by = jaar]
years[, over_pct := 100 * over / workers]
write_json(list(years = years), file.path(arguments[2], "summary.json"), auto_unbox = TRUE, digits = NA)

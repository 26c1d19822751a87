# Figures of R packages on published data sets.
#
#   Rscript make.R DATA SOURCES > expected.csv
#
# DATA holds the data sets of `make oracles` (data/*.csv), SOURCES the sources of three packages that need no compiling:
# REAT, EconGeo and ineq, each with its folder R. spdep and classInt are installed packages. See README.md.
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]

package <- function(name) {
  space <- new.env(parent = globalenv())
  for (file in list.files(file.path(arguments[2], name, "R"), full.names = TRUE)) sys.source(file, space)
  space
}

REAT <- package("REAT")
EconGeo <- package("EconGeo")
ineq <- package("ineq")
suppressPackageStartupMessages({
  library(spdep)
  library(classInt)
})

# Whole numbers are made doubles: products of integers overflow in shift() and Herfindahl().
data <- function(name) {
  table <- read.csv(file.path(folder, paste0(name, ".csv")), check.names = FALSE)
  table[] <- lapply(table, function(column) if (is.integer(column)) as.numeric(column) else column)
  table
}
quiet <- function(body) {
  sink(tempfile())
  on.exit(sink())
  force(body)
}
put <- function(case, measure, value) cat(sprintf("%s,%s,%.17g\n", case, measure, as.numeric(value)), sep = "")
cat("case,measure,value\n")

# REAT: a region beside its country, from first to last year.
region <- function(case, r0, r1, n0, n1) {
  put(case, sprintf("lq_%d", seq_along(r1) - 1), REAT$locq(r1, sum(r1), n1, sum(n1)))
  put(case, sprintf("lq_additive_%d", seq_along(r1) - 1), REAT$locq(r1, sum(r1), n1, sum(n1), LQ.method = "a"))
  put(case, "gini_spec", REAT$gini.spec(r1, n1))
  put(case, "krugman_first", REAT$krugman.spec(r0, n0))
  put(case, "krugman_last", REAT$krugman.spec(r1, n1))
  put(case, "herfindahl", REAT$herf(r1))
  put(case, "herfindahl_norm", REAT$herf(r1, coefnorm = TRUE))
  put(case, "equivalent", REAT$herf(r1, output = "eq"))
  put(case, "gini", REAT$gini(r1))
  put(case, "gini_norm", REAT$gini(r1, coefnorm = TRUE))
  put(case, "hoover", REAT$hoover(r1, ref = n1))
  put(case, "durpug", REAT$durpug(r1, n1))
  for (method in c("Dunn", "Esteban", "Gerfin")) {
    parts <- REAT$shift(r0, r1, n0, n1, shift.method = method, print.results = FALSE)$components
    put(case, sprintf("%s_%d", tolower(method), seq_along(parts) - 1), parts)
  }
}
goettingen <- subset(data("reat_goettingen"), WZ2008_Code != "A-R")
own <- goettingen[, sprintf("Goettingen%d", 2008:2017)]
nation <- goettingen[, sprintf("BRD%d", 2008:2017)]
region("goettingen", own[, 1], own[, 10], nation[, 1], nation[, 10])
parts <- REAT$shiftd(own[, 1], own[, -1], nation[, 1], nation[, -1], time1 = 2008, time2 = 2017, print.results = FALSE)
put("goettingen", sprintf("dynamic_%d", 0:4), parts$components)
freiburg <- data("reat_freiburg")
region("freiburg", freiburg$e_Freiburg2008, freiburg$e_Freiburg2014, freiburg$e_Germany2008, freiburg$e_Germany2014)

# REAT and EconGeo: states by section, both in the order of their codes.
states <- data("reat_g_regions_industries_2015")
cells <- function(column) with(states, tapply(states[[column]], list(region_code, ind_code), sum))
jobs <- cells("emp_all")
stopifnot(!anyNA(jobs))
spec <- quiet(REAT$spec(states$emp_all, states$ind_code, states$region_code))
conc <- quiet(REAT$conc(states$emp_all, states$ind_code, states$region_code))
whole <- colSums(jobs)
for (r in rownames(jobs)) {
  case <- paste0("states_", r)
  put(case, c("spec_hoover", "spec_gini", "spec_krugman"), spec[r, ])
  put(case, "krugman", REAT$krugman.spec(jobs[r, ], whole))
  put(case, "lq_C", REAT$locq(jobs[r, "WZ08-C"], sum(jobs[r, ]), whole["WZ08-C"], sum(jobs)))
}
firms <- cells("firms")
area <- cells("area_sqkm")[, 1]
people <- cells("pop")[, 1]
for (r in rownames(jobs)) {
  put(paste0("states_", r), "litzenberger_C", REAT$litzenberger(
    jobs[r, "WZ08-C"], whole["WZ08-C"], area[r], sum(area), people[r], sum(people), firms[r, "WZ08-C"],
    sum(firms[, "WZ08-C"])))
}
for (i in colnames(jobs)) {
  case <- paste0("states_", i)
  put(case, c("conc_hoover", "conc_gini", "conc_krugman"), conc[i, ])
}
put(paste0("econgeo_", rownames(jobs)), "lq_C", EconGeo$location.quotient(jobs)[, "WZ08-C"])
put(paste0("econgeo_", rownames(jobs)), "krugman", EconGeo$Krugman.index(jobs))
put(paste0("econgeo_", rownames(jobs)), "spec_coeff", EconGeo$spec.coeff(jobs))
put(paste0("econgeo_", rownames(jobs)), "hachman", EconGeo$Hachman(jobs))
put(paste0("econgeo_", rownames(jobs)), "herfindahl", EconGeo$Herfindahl(jobs))
put(paste0("econgeo_", colnames(jobs)), "locational_gini", EconGeo$locational.Gini(jobs)$Loc.Gini)

# REAT: gross product per head of German counties; only what is right in it (README.md).
counties <- data("reat_g_counties_gdppc")
beta <- REAT$betaconv.ols(counties$gdppc2000, 2000, counties$gdppc2014, 2014)$abeta$estimates
put("counties", c("alpha", "beta"), beta[1:2, 1])
put("counties", c("alpha_error", "beta_error"), beta[1:2, 2])
put("counties", "half_life", log(2) / (-log(1 + 14 * beta[2, 1]) / 14))
yearly <- REAT$betaconv.ols(counties$gdppc2000, 2000, counties$gdppc2001, 2001)$abeta$estimates
put("counties", c("beta_one_year", "speed_one_year", "half_life_one_year"), yearly[2:4, 1])
sigma <- REAT$sigmaconv(counties$gdppc2000, 2000, counties$gdppc2014, 2014)$sigmaconv
put("counties", c("sigma_2000", "sigma_2014"), sigma[1:2, 1])
put("counties", "cv_sample_2014", REAT$cv(counties$gdppc2014))
put("counties", "atkinson_0.5", REAT$atkinson(counties$gdppc2014, epsilon = 0.5))
put("counties", "theil_l", REAT$theil(counties$gdppc2014))

# ineq: incomes.
incomes <- function(case, x, n = NULL) {
  put(case, "gini", ineq$Gini(x))
  put(case, "gini_norm", ineq$Gini(x, corr = TRUE))
  put(case, "ricci_schutz", ineq$RS(x))
  put(case, c("atkinson_0.5", "atkinson_1", "atkinson_2"), sapply(c(0.5, 1, 2), function(e) ineq$Atkinson(x, e)))
  # With values of 0, ineq's Theil takes the mean of the others only, and its L is infinite.
  if (all(x > 0)) {
    put(case, "theil_t", ineq$Theil(x, 0))
    put(case, "theil_l", ineq$Theil(x, 1))
  }
  put(case, "cv", ineq$var.coeff(x))
  put(case, "entropy_2", ineq$var.coeff(x, square = TRUE) / 2)
  put(case, "herfindahl", ineq$Herfindahl(x))
  curve <- if (is.null(n)) ineq$Lc(x) else ineq$Lc(x, n)
  at <- round(seq(1, length(curve$p), length.out = 9))
  put(case, sprintf("lorenz_p_%d", 0:8), curve$p[at])
  put(case, sprintf("lorenz_L_%d", 0:8), curve$L[at])
}
ilocos <- data("ineq_ilocos")
incomes("ilocos", ilocos$income)
incomes("ilocos_weighted", ilocos$AP.income, ilocos$AP.weight)
incomes("mexico_2000", data("pysal_mexico")$pcgdp2000)
incomes("usjoin_2009", data("pysal_usjoin")[["2009"]])

# spdep: space.
space <- function(case, x, neighbours, style) {
  weights <- nb2listw(neighbours, style = style)
  moran <- moran.test(x, weights)$estimate
  put(case, c("moran", "moran_expected", "moran_variance_random"), moran)
  put(case, "moran_variance_normal", moran.test(x, weights, randomisation = FALSE)$estimate[3])
  geary <- geary.test(x, weights)$estimate
  put(case, c("geary", "geary_expected", "geary_variance_random"), geary)
  put(case, "geary_variance_normal", geary.test(x, weights, randomisation = FALSE)$estimate[3])
  local <- localmoran(x, weights, mlvar = TRUE, conditional = FALSE)
  for (i in c(1, 2, length(x) %/% 2, length(x))) {
    put(case, sprintf(c("local_%d", "local_expected_%d", "local_variance_%d"), i - 1), local[i, 1:3])
  }
}
lists <- function(table) {
  found <- lapply(strsplit(as.character(table$neighbours), " "), as.integer)
  structure(found, class = "nb", region.id = as.character(table$id))
}
gal <- function(name) read.gal(file.path(folder, name), override.id = TRUE)
for (name in c("spdep_columbus", "spdep_oldcol")) {
  table <- data(name)
  neighbours <- lists(table)
  for (column in c("CRIME", "INC", "HOVAL")) {
    space(sprintf("%s_%s_W", name, column), table[[column]], neighbours, "W")
    space(sprintf("%s_%s_B", name, column), table[[column]], neighbours, "B")
    put(sprintf("%s_%s", name, column), c("getis_ord", "getis_ord_expected", "getis_ord_variance"),
      globalG.test(table[[column]], nb2listw(neighbours, style = "B"))$estimate)
  }
  line <- summary(lm(CRIME ~ INC, table))$coefficients
  put(name, c("intercept", "slope", "intercept_error", "slope_error"), as.vector(line[, 1:2]))
}
counties <- gal("pysal_sids2.gal")
sids <- data("pysal_sids2")
sids <- sids[match(attr(counties, "region.id"), sids$FIPSNO), ]
stopifnot(!anyNA(sids$FIPSNO))
for (column in c("SIDR74", "SIDR79")) {
  space(sprintf("sids2_%s_W", column), sids[[column]], counties, "W")
  put(sprintf("sids2_%s", column), c("getis_ord", "getis_ord_expected", "getis_ord_variance"),
    globalG.test(sids[[column]], nb2listw(counties, style = "B"))$estimate)
}
homicides <- data("pysal_stl_hom")
around <- gal("pysal_stl.gal")
space("stl_HR8893_W", homicides$HR8893, around, "W")
space("stl_HR8488_B", homicides$HR8488, around, "B")
states48 <- gal("pysal_states48.gal")
for (year in c("1929", "2009")) space(sprintf("usjoin_%s_W", year), data("pysal_usjoin")[[year]], states48, "W")
space("desmith_W", data("pysal_desmith")$z, gal("pysal_desmith.gal"), "W")

# classInt: bounds of classes of values, the least value first, and how many fall in each.
classes <- function(case, x) {
  for (style in c("quantile", "equal", "fisher", "jenks", "headtails")) {
    cuts <- if (style == "headtails") classIntervals(x, style = style, thr = 1, intervalClosure = "right") else
      classIntervals(x, n = 5, style = style, intervalClosure = "right")
    put(case, sprintf("%s_%d", style, seq_along(cuts$brks) - 1), cuts$brks)
    if (style == "jenks") next
    counts <- table(cut(x, unique(cuts$brks), include.lowest = TRUE))
    put(case, sprintf("%s_count_%d", style, seq_along(counts) - 1), counts)
  }
}
classes("censored", data("classint_censored")$x)
classes("calempdensity", data("mapclassify_calempdensity")[["emp/sq km"]])

# Base R: schooling by occupation, and the matching function.
schooling <- function(case, education, occupation) {
  rules <- list(
    mode_lowest = function(x) { n <- table(x); rep(min(as.numeric(names(n)[n == max(n)])), 2) },
    mode_highest = function(x) { n <- table(x); rep(max(as.numeric(names(n)[n == max(n)])), 2) },
    mean_sd = function(x) mean(x) + c(-1, 1) * sd(x),
    p80 = function(x) c(-Inf, quantile(x, 0.8, type = 7)))
  for (rule in names(rules)) {
    bounds <- sapply(split(education, occupation), rules[[rule]])
    low <- bounds[1, as.character(occupation)]
    high <- bounds[2, as.character(occupation)]
    put(case, paste0(rule, c("_over", "_under")), c(mean(education > high), mean(education < low)))
  }
}
bank <- data("aer_bankwages")
schooling("bankwages", bank$education, bank$job)
cps <- data("aer_cps1985")
schooling("cps1985", cps$education, cps$occupation)
jolts <- data("us_jolts_cps_17ind_monthly")
span <- subset(jolts, month >= "2001-01" & month <= "2008-12")
fit <- summary(lm(log(h_total / u_total) ~ log(v_total / u_total), span))
put("jolts", c("intercept", "alpha", "intercept_error", "alpha_error"), as.vector(fit$coefficients[, 1:2]))
put("jolts", c("r_squared", "rmse"), c(fit$r.squared, fit$sigma))
industries <- sort(setdiff(sub("^v_", "", grep("^v_", names(jolts), value = TRUE)), "total"))
for (at in c("2006-01", "2009-10", "2011-12")) {
  now <- jolts[jolts$month == at, ]
  u <- prop.table(unlist(now[paste0("u_", industries)]))
  v <- prop.table(unlist(now[paste0("v_", industries)]))
  put("jolts", paste0("M_", at), 1 - sum(v^0.5 * u^0.5))
  put("jolts", paste0("M_0.65_", at), 1 - sum(v^0.65 * u^0.35))
  put("jolts", paste0("jackman_roper_", at), REAT$hoover(u, ref = v))
}

"""Facilities, crime, inhabitants and what is not open data, of fifty gemeenten and the country. Made-up figures.

Codes and names are real, the places those of `labour.py`; every figure is drawn with `country.drawn` and `country.bell`.
"""

import country
from country import bell, drawn
from labour import PLACES, decimal, padded, size
import shapes

YEARS = range(2010, 2025)
# Facility: number within reach or distance in km of the country in 2010, growth a year, spread between cities.
FACILITIES = (("CafesBinnen3Km_1", 11.0, -0.020, 0.30), ("CafetariasBinnen3Km_2", 13.0, 0.006, 0.22),
              ("RestaurantsBinnen3Km_3", 24.0, 0.022, 0.35), ("HotelsBinnen10Km_4", 14.0, 0.012, 0.40),
              ("WarenhuizenBinnen10Km_5", 4.0, -0.018, 0.35), ("BioscopenBinnen10Km_6", 1.9, 0.010, 0.30),
              ("AfstandTotPodiumkunsten_7", 4.2, 0.002, 0.25), ("AfstandTotMuseum_8", 3.6, -0.004, 0.25),
              ("AfstandTotTreinstation_9", 4.9, -0.003, 0.25), ("AfstandTotOpenbaarGroen_10", 0.6, 0.001, 0.20))
# Kind of crime: registered per 1,000 inhabitants of the country in 2010.
CRIMES = (("T001161", 72.0), ("CRI1000", 41.0), ("CRI2000", 11.0), ("CRI3000", 6.6))
COMMON = (("Horeca_1", 2.4, 0.008, 0.16), ("Winkels_2", 5.6, -0.016, 0.14), ("Voorstellingen_3", 2.1, 0.010, 0.45))
# Health: topic, level of the country in 2022, change a year, spread, Almelo's place beside the country.
HEALTH = (("ErvarenGezondheidGoedZeerGoed_4", 71.5, -0.55, 2.2, -3.4), ("VoldoetAanBeweegrichtlijn_5", 44.7, -0.6, 2.6, -3.1),
          ("ErnstigOvergewicht_10", 15.1, 0.17, 1.2, 3.0), ("Roker_11", 15.1, -0.8, 1.1, 2.7),
          ("OvermatigeDrinker_15", 6.9, -0.1, 0.6, 0.4))
# Buurten of these gemeenten have a series of crimes; Almelo's four have a rise from 2022 on.
WATCHED = ("GM0141", "GM0106", "GM0114", "GM0150", "GM0153", "GM0164", "GM0202", "GM0794", "GM0917")
RISING = ("BU01411003", "BU01411405", "BU01411603", "BU01411702")
BUURTEN = ["WijkenEnBuurten", "AantalInwoners_1", "InBezitWoningcorporatie_2", "VerhardOppervlak_3", "Energiearm_4",
           "AfstandTotVoorzieningen_5", "Budget_6"]
OWN = ["RegioS", "Perioden"] + [name for name, *_ in COMMON] + [
  "Huishoudens_4", "ProblematischeSchulden_5", "HuishoudensEnergie_6", "Energiearm_7", "LeerlingenGroep8_8",
  "ToetsadviesHoger_9"]


def country_wide(code):
  return code == "NL01"


def people(code, year):
  start = 1000 * size(code) / powered(1.004, 4)
  return start * powered(1.004, year - 2010)


def powered(factor, years):
  """`factor` to a whole power by multiplication alone."""
  value = 1.0
  for _ in range(years):
    value *= factor
  return value


def level(code, name, base, pace, spread, year):
  """A facility's level: Almelo has less and grows less."""
  t = year - 2010
  if country_wide(code):
    return base * powered(1 + pace, t)
  away = name.startswith("Afstand")
  behind = 0.02 + 0.28 * drawn("behind", name)
  own = behind * (1 if away else -1) if code == "GM0141" else spread * bell("facility", code, name)
  lag = 0.009 * (1 if away else -1) if code == "GM0141" else 0.004 * bell("facility pace", code, name)
  noise = 0.012 * bell("facility year", code, name, year)
  return max(0.05, base * (1 + own) * powered(1 + pace + lag, t) * (1 + noise))


def crime_rate(code, kind, base, year):
  """Falls until 2019 in the country and until 2021 in Almelo, then rises."""
  turn = 2021 if code == "GM0141" else 2019 if country_wide(code) else 2018 + int(4 * drawn("turn", code))
  before = -0.052 if code == "GM0141" else -0.044 + (0 if country_wide(code) else 0.008 * bell("fall", code))
  after = 0.038 if code == "GM0141" else 0.004 + (0 if country_wide(code) else 0.012 * bell("rise", code))
  rate = base * (1.05 if code == "GM0141" else 1 if country_wide(code) else 1 + 0.18 * bell("crime", code, kind))
  rate *= powered(1 + before, min(year, turn) - 2010) * powered(1 + after, max(0, year - turn))
  return rate * (1 + (0 if country_wide(code) else 0.015 * bell("crime year", code, kind, year)))


def facilities():
  rows = []
  for code, _ in PLACES:
    for year in YEARS:
      rows.append([str(len(rows)), padded(code), "%dJJ00" % year]
                  + [decimal(level(code, *facility, year)) for facility in FACILITIES])
  return rows


def crimes(revised=None):
  """Registered offences; `revised`: years of an earlier extract, in which the last year was still incomplete."""
  rows = []
  for kind, base in CRIMES:
    for code, _ in PLACES:
      for year in revised or YEARS:
        count = people(code, year) / 1000 * crime_rate(code, kind, base, year)
        if revised and year == revised[-1]:
          count *= 0.96 + 0.03 * drawn("revision", code, kind)
        if country_wide(code):
          text = str(int(count / 1000 + 0.5) * 1000)
        else:
          text = str(int(count + 0.5))
        rows.append([str(len(rows)), kind, padded(code), "%dJJ00" % year, text])
  return rows


def inhabitants():
  """Inhabitants, average value of dwellings (1,000 euros), owner-occupied and aged 65 and over in percent, density."""
  rows = []
  for code, name in PLACES:
    for year in YEARS:
      t, own = year - 2010, 0 if country_wide(code) else 1
      tilt = -0.14 if code == "GM0141" else 0.12 * own * bell("woz", code)
      value = 240 * (1 + tilt) * powered(0.97, min(t, 4)) * powered(1.055, max(0, t - 4))
      owned = 57 + 0.05 * t + (-4 if code == "GM0141" else 5 * own * bell("owned", code))
      aged = 15.5 + 0.35 * t + 1.6 * own * bell("aged", code)
      density = 510 + 4 * t if country_wide(code) else 900 + 1800 * drawn("density", code)
      rows.append([str(len(rows)), padded(code), "%dJJ00" % year, name, str(int(people(code, year) + 0.5)),
                   str(int(value + 0.5)), decimal(owned), decimal(aged), str(int(density + 0.5))])
  return rows


def own_research():
  """What is not open: horeca, shops and performances, debts, energy poverty and school advice."""
  rows = []
  for code, _ in PLACES:
    for year in YEARS:
      n, own, t = people(code, year), 0 if country_wide(code) else 1, year - 2010
      cells = [n / 1000 * level(code, *common, year) for common in COMMON]
      homes, pupils = n * 0.46, n * 0.0105
      tilt = 2.4 if code == "GM0141" else 1.2 * own * bell("debt", code)
      turn = 11 if code == "GM0141" else 12
      debt = 8.6 + tilt - 0.16 * min(t, turn) + 0.30 * max(0, t - turn) + 0.05 * own * bell("debt year", code, year)
      cells += [homes, homes * debt / 100] if year >= 2015 else [None, None]
      poor = 8.4 - 0.45 * max(0, t - 9) + (1.9 if code == "GM0141" else 1.1 * own * bell("energy", code))
      cells += [homes * 0.875, homes * 0.875 * poor / 100] if year >= 2019 else [None, None]
      higher = 0.31 + 0.003 * t + (0.03 if code == "GM0141" else 0.02 * own * bell("advice", code))
      cells += [pupils, pupils * higher] if year >= 2015 and year != 2020 else [None, None]
      rows.append([code, str(year)] + ["" if cell is None else str(int(cell + 0.5)) for cell in cells])
  return rows


def buurten():
  """A researcher's figures by buurt: stock, surface, energy poverty, facilities, disadvantage and budget (euros)."""
  rows = []
  for area in country.areas():
    n = area.counts.get("AantalInwoners_5", 0)
    if area.level != "Buurt" or n < 100:
      continue
    z, code = area.latent, area.code
    social = min(95, max(0, 28 + 14 * z + 9 * bell("social", code)))
    paved = min(95, max(3, 48 + 8 * z + 11 * bell("paved", code)))
    poor = min(40, max(0, 8 + 4 * z + 2 * bell("poor", code)))
    far = max(0.1, 1.3 - 0.2 * z + 0.5 * bell("far", code))
    budget = n * (90 + 35 * z * drawn("budget share", code) + 15 * bell("budget", code))
    rows.append([code, str(n), decimal(social), decimal(paved), decimal(poor), decimal(far),
                 str(int(max(0, budget) + 0.5))])
  return rows


def health():
  """Estimates with the bounds of their intervals of 95 percent (MOG0095 and MBG0095) beside the value (MW00000)."""
  rows = []
  for year in (2016, 2020, 2022):
    for code, _ in PLACES:
      own = 0 if country_wide(code) else 1
      levels = [base + pace * (year - 2022) + (place if code == "GM0141" else own * spread * bell("health", code, name))
                for name, base, pace, spread, place in HEALTH]
      half = 0.4 if country_wide(code) else 2.1
      for margin, shift in (("MW00000", 0), ("MOG0095", -half), ("MBG0095", half)):
        rows.append([str(len(rows)), "20300", margin, code.ljust(10), "%dJJ00" % year]
                    + [decimal(x + shift * (1 if x > 30 else 0.6)) for x in levels])
  return rows


def buurt_crimes():
  """Registered offences by buurt of some gemeenten."""
  rows = []
  for area in country.areas():
    n, code = area.counts.get("AantalInwoners_5", 0), area.code
    if area.level != "Buurt" or n < 100 or "GM" + code[2:6] not in WATCHED:
      continue
    for year in range(2015, 2025):
      rate = 38 + 9 * area.latent + 6 * bell("buurt crime", code)
      rate *= powered(0.985, year - 2015) * (1.9 if code in RISING and year >= 2022 else 1)
      count = max(0, n / 1000 * max(4, rate) * (1 + 0.09 * bell("buurt year", code, year)))
      rows.append([str(len(rows)), "0.0.0", code.ljust(10), "%dJJ00" % year, str(int(count + 0.5))])
  return rows


def files():
  """Every file: its path below Fixtures and its bytes."""
  crime = ["ID", "SoortMisdrijf", "RegioS", "Perioden", "GeregistreerdeMisdrijven_1"]
  yield "attractiveness/synthetic_80305ned_TypedDataSet.csv", shapes.csv_bytes(
    ["ID", "RegioS", "Perioden"] + [name for name, *_ in FACILITIES], facilities())
  yield "attractiveness/synthetic_83648NED_TypedDataSet.csv", shapes.csv_bytes(crime, crimes())
  yield "attractiveness/earlier/synthetic_83648NED_TypedDataSet.csv", shapes.csv_bytes(crime, crimes((2022, 2023)))
  yield "attractiveness/synthetic_70072ned_TypedDataSet.csv", shapes.csv_bytes(
    ["ID", "RegioS", "Perioden", "Gemeentenaam_1", "TotaleBevolking_2", "GemiddeldeWoningwaarde_3", "Koopwoningen_4",
     "k_65JaarOfOuder_5", "Bevolkingsdichtheid_6"], inhabitants())
  yield "attractiveness/synthetic_research.csv", shapes.csv_bytes(OWN, own_research())
  yield "attractiveness/synthetic_50120NED_TypedDataSet.csv", shapes.csv_bytes(
    ["ID", "Leeftijd", "Marges", "WijkenEnBuurten", "Perioden"] + [name for name, *_ in HEALTH], health())
  yield "attractiveness/synthetic_47018NED_TypedDataSet.csv", shapes.csv_bytes(
    ["ID", "SoortMisdrijf", "WijkenEnBuurten", "Perioden", "GeregistreerdeMisdrijven_1"], buurt_crimes())
  yield "attractiveness/synthetic_g50.csv", shapes.csv_bytes(
    ["RegioS", "Titel"], [list(place) for place in PLACES if not country_wide(place[0])])
  yield "attractiveness/synthetic_buurten.csv", shapes.csv_bytes(BUURTEN, buurten())

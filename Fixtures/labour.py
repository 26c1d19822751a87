"""Labour market, jobs and inhabitants of fifty gemeenten and the country, in the form of CBS's tables. Made-up figures.

Codes and names are real. Typed from published figures are the Netherlands of 2014 by job level (82208NED: all and low
education, in thousands); the other figures are drawn with `country.drawn` and `country.bell`.
"""

from areas import GEMEENTEN
from country import bell, drawn
import shapes

MORE = [("GM0034", "Almere"), ("GM0193", "Zwolle"), ("GM0268", "Nijmegen"), ("GM0344", "Utrecht"),
        ("GM0361", "Alkmaar"), ("GM0479", "Zaanstad"), ("GM0505", "Dordrecht"), ("GM0518", "'s-Gravenhage"),
        ("GM0599", "Rotterdam"), ("GM0606", "Schiedam"), ("GM0637", "Zoetermeer"), ("GM0855", "Tilburg"),
        ("GM0995", "Lelystad")]
CITIES = (GEMEENTEN + [city for city in MORE if city not in GEMEENTEN])[:50]
PLACES = [("NL01", "Nederland")] + sorted(CITIES)

# Percentages of the country by year: gross participation and unemployment.
PARTICIPATION = dict(zip(range(2008, 2024), (
  70.3, 70.5, 69.9, 69.7, 70.2, 70.3, 70.1, 70.2, 70.0, 70.0, 70.4, 71.0, 70.6, 74.1, 75.1, 75.7)))
UNEMPLOYMENT = dict(zip(range(2008, 2024), (
  3.7, 4.4, 5.0, 5.0, 5.8, 7.3, 7.4, 6.9, 6.0, 4.9, 3.8, 3.4, 3.8, 4.2, 3.5, 3.6)))
# The place's own: gross participation and unemployment beside the country in 2014 and 2023.
KNOWN = {"GM0141": (-2.1, -1.9, 2.1, 0.2), "GM0153": (0.8, -1.5, 1.6, 0.6), "GM0164": (0.9, -1.3, 0.9, 0.3),
         "NL01": (0, 0, 0, 0)}
TRAITS = (("T009002", None), ("53105", "youth"), ("2018700", "low"), ("2018740", "middle"), ("2018790", "high"))
LEVELS = {"low": (0.24, 0.62, 0.09, 0.05), "middle": (0.08, 0.57, 0.20, 0.15), "high": (0.02, 0.16, 0.21, 0.61)}
PUBLISHED_2014 = {"all": (737, 3534, 1349, 2436), "low": (426, 1086, 149, 85)}
EMPLOYED_2014 = {"all": 8214, "low": 1768}
SECTIONS = ("A", "C", "F", "G", "H", "J", "M", "P", "Q")
MIX = dict(zip(SECTIONS, (0.02, 0.14, 0.06, 0.22, 0.09, 0.06, 0.11, 0.10, 0.20)))
GROWTH = dict(zip(SECTIONS, (-0.004, 0.001, 0.005, 0.008, 0.010, 0.030, 0.022, 0.006, 0.014)))
AGES = (("k_0Tot15Jaar_2", 0.165, -0.010), ("k_15Tot25Jaar_3", 0.122, 0.001), ("k_25Tot45Jaar_4", 0.252, 0.004),
        ("k_45Tot65Jaar_5", 0.281, -0.004), ("k_65JaarOfOuder_6", 0.180, 0.021))


def padded(code):
  return code.ljust(6)


def decimal(x):
  n = int(x * 10 + 0.5)
  return "%d.%d" % (n // 10, n % 10)


def size(code):
  """Inhabitants in thousands in 2014."""
  return 16829.3 if code == "NL01" else 73.0 if code == "GM0141" else 30 + 190 * drawn("labour size", code)


def own(code, year):
  """Gross participation and unemployment in percent."""
  t = (year - 2014) / 9
  at = KNOWN.get(code) or tuple(bell("labour", code, i) * s for i, s in enumerate((1.4, 1.4, 1.0, 0.5)))
  noise = 0 if code == "NL01" else 1
  gross = PARTICIPATION[year] + at[0] + (at[1] - at[0]) * t + noise * 0.15 * bell("gross", code, year)
  jobless = UNEMPLOYMENT[year] + at[2] + (at[3] - at[2]) * t + noise * 0.15 * bell("jobless", code, year)
  return gross, max(jobless, 1.2)


def education(code, year):
  """Shares of low, middle and high in the labour force."""
  t, tilt = year - 2014, 0 if code == "NL01" else 0.08 if code == "GM0141" else 0.04 * bell("education", code)
  low, high = 0.223 - 0.006 * t + 0.4 * tilt, 0.393 + 0.002 * t - tilt
  return {"low": low, "middle": 1 - low - high, "high": high}


def participation(years):
  """Rows by trait, place and year, numbers in thousands."""
  rows = []
  for year in years:
    for code, _ in PLACES:
      people = size(code) * 0.755 * (1 + 0.004 * (year - 2014))
      gross, jobless = own(code, year)
      shares = education(code, year)
      cells = {}
      for name, share in shares.items():
        odds = [p * (1 + (0 if code == "NL01" else 0.12 * bell("level", code, name, i)))
                for i, p in enumerate(LEVELS[name])]
        force = people * gross / 100 * share
        risk = jobless * {"low": 1.5, "middle": 1.0, "high": 0.6}[name] / 100
        held = force * (1 - risk)
        cells[name] = [people * share * (100 / gross) ** 0.1, force, held, [held * p / sum(odds) for p in odds]]
      if code == "NL01" and year == 2014:
        rest = [a - b for a, b in zip(PUBLISHED_2014["all"], PUBLISHED_2014["low"])]
        part = [0.80, 0.74, 0.45, 0.19]
        cells["low"][2:] = [EMPLOYED_2014["low"], list(PUBLISHED_2014["low"])]
        middle = [int(r * p + 0.5) for r, p in zip(rest, part)]
        cells["middle"][2:] = [sum(middle) + 80, middle]
        cells["high"][2:] = [EMPLOYED_2014["all"] - EMPLOYED_2014["low"] - sum(middle) - 80,
                             [r - m for r, m in zip(rest, middle)]]
        for cell, risk in zip(cells.values(), (1.11, 1.08, 1.04)):
          cell[1] = cell[2] * risk
      youth = [people * 0.16, people * 0.16 * 0.66, people * 0.16 * 0.66 * (1 - 1.7 * jobless / 100),
               [people * 0.1 * p for p in LEVELS["middle"]]]
      if code == "GM0141":
        youth[2] = youth[1] * (1 - (1.7 - 0.05 * max(0, year - 2014)) * jobless / 100)
      every = [people] + [sum(cell[i] for cell in cells.values()) for i in (1, 2)]
      every.append([sum(cell[3][i] for cell in cells.values()) for i in range(4)])
      for trait, name in TRAITS:
        n, force, held, levels = every if name is None else youth if name == "youth" else cells[name]
        force, held = float(decimal(force)), float(decimal(held))
        rows.append([str(len(rows)), "T001038", trait, padded(code), "%dJJ00" % year, decimal(n), decimal(force),
                     decimal(held), decimal(force - held)] + [decimal(level) for level in levels])
  return rows


def jobs():
  """Jobs in December by section, place and year, in thousands."""
  rows = []
  for code, _ in PLACES:
    for section in SECTIONS:
      share = MIX[section] * (1 if code == "NL01" else max(0.3, 1 + 0.3 * bell("mix", code, section)))
      if code == "GM0141" and section in "CQ":
        share *= 1.3
      level = size(code) * (0.41 if code == "GM0141" else 0.47) * share
      for year in range(2014, 2025):
        pace = GROWTH[section]
        if code == "GM0141":
          pace += -0.008 if year <= 2021 else 0.012
        elif code != "NL01":
          pace += 0.006 * bell("pace", code, section, year)
        if year > 2014:
          level *= 1 + pace
        rows.append([str(len(rows)), section, padded(code), "%dMM12" % year, decimal(level)])
  return rows


def attained():
  """People of 15 to 75 by attained education in five classes, in thousands."""
  rows = []
  for year in (2022, 2024):
    for code, _ in PLACES:
      s, people = education(code, year), size(code) * 0.755
      for key, share in (("2018710", 0.35 * s["low"]), ("2018720", 0.65 * s["low"]), ("2018750", s["middle"]),
                         ("2018800", 0.62 * s["high"]), ("2018810", 0.38 * s["high"])):
        rows.append([str(len(rows)), key, padded(code), "%dJJ00" % year, decimal(people * share)])
  return rows


def inhabitants():
  """Inhabitants by age."""
  rows = []
  for code, name in PLACES:
    for year in range(2014, 2025):
      counts = []
      for i, (_, share, pace) in enumerate(AGES):
        tilt = 0 if code == "NL01" else 0.05 * bell("age", code, i)
        if code == "GM0141" and i == 1:
          tilt = 0.06
        counts.append(int(1000 * size(code) * share * (1 + tilt) * (1 + pace) ** (year - 2014) + 0.5))
      rows.append([str(len(rows)), padded(code), "%dJJ00" % year, name, *map(str, counts)])
  return rows


def lead(code):
  """How much higher the share without a basic qualification is than in the country."""
  return 0 if code == "NL01" else 0.02 if code == "GM0141" else 0.015 * bell("research", code)


def youth():
  """Young people of 15 to 27, in education and not."""
  rows = []
  for code, _ in PLACES:
    for year in range(2014, 2024):
      young = int(120 * size(code) + 0.5)
      school = int(young * (0.56 + 0.003 * (year - 2014) - lead(code) + 0.004 * bell("school", code, year)) + 0.5)
      rows.append([str(len(rows)), "T001038", padded(code), "%dJJ00" % year, str(young), str(school),
                   str(young - school)])
  return rows


def early_leavers():
  """Participants in secondary and vocational education and new early school leavers, by school year."""
  rows = []
  for code, _ in PLACES:
    for year in range(2014, 2023):
      pupils = int(95 * size(code) + 0.5)
      percent = 1.9 - 0.04 * (year - 2014) + 0.25 * max(0, year - 2019) + 20 * lead(code)
      percent += 0.05 * bell("vsv", code, year)
      rows.append([str(len(rows)), padded(code), "%dSJ00" % year, str(pupils), str(int(pupils * percent / 100 + 0.5))])
  return rows


def own_research():
  """What is not open: young people, work by level at workplace and home, high-tech jobs, school advice.

  Young people every year, the rest in 2014 and 2023.
  """
  rows = []
  for code, _ in PLACES:
    for year in range(2014, 2024):
      n, t, more = size(code), (year - 2014) / 9, lead(code)
      young, pupils = 120 * n, 10 * n
      if 2014 < year < 2023:
        share = 0.19 - 0.04 * t + more + 0.002 * bell("unqualified", code, year)
        rows.append([code, str(year), str(int(young + 0.5)), str(int(young * share + 0.5))] + [""] * 17)
        continue
      jobs_of = [500 * n * p for p in (0.11, 0.45, 0.17, 0.27)]
      living = [480 * n * max(0.02, p + (0 if code == "NL01" else 0.02 * bell("living", code, i)))
                for i, p in enumerate((0.10, 0.44, 0.18, 0.28))]
      filled = [min(j, h) * (1 if code == "NL01" else 0.55 + 0.1 * drawn("filled", code, i))
                for i, (j, h) in enumerate(zip(jobs_of, living))]
      figures = [young, young * (0.19 - 0.04 * t + more), sum(jobs_of), sum(jobs_of) * (0.06 + 0.015 * t + more / 2),
                 pupils, pupils * (0.33 + more), pupils * (0.33 + more) * 0.7, *jobs_of, *living, *filled]
      rows.append([code, str(year)] + [str(int(figure + 0.5)) for figure in figures])
  return rows


RESEARCH = (["RegioS", "Perioden", "Jongeren_1", "ZonderStartkwalificatie_2", "Banen_3", "BanenHightech_4",
             "Leerlingen_5", "ToetsadviesHoger_6", "NietBijgesteld_7"]
            + ["Banen%s_%d" % (n, 7 + n) for n in range(1, 5)] + ["Werkenden%s_%d" % (n, 11 + n) for n in range(1, 5)]
            + ["EigenInwoners%s_%d" % (n, 15 + n) for n in range(1, 5)])
LABOUR = ["ID", "Geslacht", "Persoonskenmerken", "RegioS", "Perioden", "Bevolking_1", "Beroepsbevolking_2",
          "WerkzameBeroepsbevolking_3", "WerklozeBeroepsbevolking_4", "Beroepsniveau1_5", "Beroepsniveau2_6",
          "Beroepsniveau3_7", "Beroepsniveau4_8"]


def files():
  """Every file: its path below Fixtures and its bytes."""
  name = "labour/synthetic_%s_TypedDataSet.csv"
  yield name % "82208NED_arbeidsdeelname", shapes.csv_bytes(LABOUR, participation(range(2008, 2015)))
  yield name % "later_arbeidsdeelname", shapes.csv_bytes(LABOUR, participation(range(2015, 2024)))
  yield name % "83582NED", shapes.csv_bytes(
    ["ID", "BedrijfstakkenBranchesSBI2008", "RegioS", "Perioden", "Banen_1"], jobs())
  yield name % "85525NED", shapes.csv_bytes(["ID", "Onderwijsniveau", "RegioS", "Perioden", "Bevolking_1"], attained())
  yield name % "70072ned", shapes.csv_bytes(
    ["ID", "RegioS", "Perioden", "Gemeentenaam_1"] + [a[0] for a in AGES], inhabitants())
  yield name % "84455NED", shapes.csv_bytes(
    ["ID", "Geslacht", "RegioS", "Perioden", "Jongeren_1", "VolgtOnderwijs_2", "VolgtGeenOnderwijs_3"], youth())
  yield name % "84780NED", shapes.csv_bytes(
    ["ID", "RegioS", "Perioden", "Deelnemers_1", "VoortijdigSchoolverlaters_2"], early_leavers())
  yield "labour/synthetic_research.csv", shapes.csv_bytes(RESEARCH, own_research())

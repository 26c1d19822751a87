"""The made-up country of the synthetic fixtures: who lives in each area and how they fare.

All values are made up: hashes (SplitMix64) of a fixed seed, a stream and the area's code, carried on with additions,
multiplications and divisions alone, so that they are the same on every machine.
"""

import functools

from areas import ALMELO, GEMEENTEN
import shapes

SEED = 20200101
BUURTEN = 2500
YEARS = (2012, 2016, 2020)
MASK = (1 << 64) - 1

# The three neighbours that the pipeline compares have a set place on the latent deprivation; the others draw theirs.
KNOWN_LATENT = {"GM0141": 0.55, "GM0153": 0.45, "GM0164": 0.15}
# They have as many buurten as in 2020; the others share the rest.
KNOWN_BUURTEN = {"GM0141": 68, "GM0153": 70, "GM0164": 62}
# Almelo's buurten that nobody or hardly anybody lives in: a business park, a new estate, scattered houses.
KNOWN_INHABITANTS = {"BU01412002": 0, "BU01411806": 23, "BU01412009": 38, "BU01411709": 84}

# Topic: (level 2012, 2016, 2020, weight on the latent, own spread, least, most); levels are percentages of adults.
# A level of None was not asked in that year. Topics that follow from others are in `health` below.
TOPICS = {
  "ErvarenGezondheidGoedZeerGoed_4": (76, 75, 78, -5.0, 2.2, 40, 96),
  "VoldoetAanBeweegrichtlijn_5": (None, 51, 50, -3.5, 3.0, 20, 80),
  "WekelijkseSporters_6": (None, 49, 49, -4.5, 3.0, 15, 80),
  "Ondergewicht_7": (2, 1.8, 2, 0.2, 0.3, 0.5, 6),
  "Overgewicht_9": (48.5, 49.5, 51, 4.0, 2.4, 25, 75),
  "Roker_11": (24, 21.5, 18, 3.4, 1.8, 4, 50),
  "VoldoetAanAlcoholRichtlijn_12": (None, 40, 44, 3.0, 2.5, 15, 80),
  "Drinker_13": (81, 81, 78.5, -4.5, 2.0, 20, 95),
  "ZwareDrinker_14": (10.5, 10, 8.5, -0.3, 1.3, 1.5, 28),
  "OvermatigeDrinker_15": (10, 7.5, 6.5, -0.3, 0.8, 1, 20),
  "EenOfMeerLangdurigeAandoeningen_16": (None, 34, 32.5, 3.0, 1.8, 12, 60),
  "BeperktVanwegeGezondheid_17": (None, None, 31, 3.8, 1.8, 12, 60),
  "ErnstigBeperktVanwegeGezondheid_18": (None, None, 5, 1.1, 0.5, 0.8, 20),
  "LangdurigeZiekteEnBeperkt_19": (None, None, 29, 3.5, 1.7, 10, 58),
  "EenOfMeerLichamelijkeBeperkingen_20": (15, 15, 15.5, 3.2, 1.5, 3, 45),
  "BeperkingInHoren_21": (4.2, 4.6, 4.5, 0.6, 0.4, 0.8, 15),
  "BeperkingInZien_22": (5.7, 5.6, 5.5, 1.3, 0.5, 1, 20),
  "BeperkingInBewegen_23": (9.6, 9.8, 9.5, 2.5, 0.9, 1.5, 35),
  "MatigHoogRisicoOpAngstOfDepressie_24": (40.5, 44.5, 46, 3.3, 1.8, 22, 75),
  "HeelVeelStressInAfgelopen4Weken_26": (None, None, 18, 2.0, 1.5, 6, 40),
  "MatigVeelRegieOverEigenLeven_27": (None, 89.5, 90, -2.4, 0.8, 65, 97),
  "Eenzaam_28": (39.5, 43.5, 47, 3.4, 1.6, 22, 75),
  "EmotioneelEenzaam_30": (20, 23, 29, 2.9, 1.1, 8, 55),
  "SociaalEenzaam_31": (None, 31, 30, 2.3, 1.3, 12, 55),
  "Mantelzorger_32": (12, 14, 13.5, 0.2, 1.1, 5, 25),
  "Vrijwilligerswerk_33": (None, 29, 25, -3.0, 2.4, 8, 60),
  "ErnstigeGeluidhinderDoorBuren_37": (None, None, 7, 2.2, 0.9, 1, 25),
  "MoeiteMetRondkomen_38": (24, 19, 14, 5.5, 3.0, 2, 60),
}
# Topic: (the wider topic that holds it, share of it at the mean, weight of the latent on that share).
PARTS = {
  "ErnstigOvergewicht_10": ("Overgewicht_9", 0.29, 0.025),
  "HoogRisicoOpAngstOfDepressie_25": ("MatigHoogRisicoOpAngstOfDepressie_24", 0.15, 0.03),
  "ErnstigZeerErnstigEenzaam_29": ("Eenzaam_28", 0.23, 0.03),
}


# ----------------------------------------------------------------------------------------------------------- chance
def mixed(z):
  """SplitMix64: the generator's step and its finaliser."""
  z = (z + 0x9E3779B97F4A7C15) & MASK
  z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
  z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
  return z ^ (z >> 31)


@functools.lru_cache(maxsize=None)
def number_of(part):
  """A text or whole number as 64 bits."""
  z = 0
  for byte in str(part).encode("utf-8"):
    z = mixed(z ^ byte)
  return z


def hashed(*parts):
  """A hash of the seed and `parts`: 64 bits."""
  z = SEED
  for part in parts:
    z = mixed(z ^ number_of(part))
  return z


def drawn(*parts):
  """An even draw for `parts` from 0 up to 1."""
  return (hashed(*parts) >> 11) / (1 << 53)


def bell(*parts):
  """A draw with mean 0 and variance 1 between -3.5 and 3.5: the sum of the four quarters of one hash."""
  z = hashed(*parts)
  total = (z & 0xFFFF) + (z >> 16 & 0xFFFF) + (z >> 32 & 0xFFFF) + (z >> 48)
  return (total / 65535 - 2) * 1.7320508075688772


def shared(total, weights):
  """`total` in whole numbers over `weights`; the parts add up to it."""
  whole, parts, before, share = sum(weights), [], 0, 0.0
  for weight in weights:
    share += weight
    upto = int(total * share / whole + 0.5)
    parts.append(upto - before)
    before = upto
  return parts


# ------------------------------------------------------------------------------------------------------------ areas
class Area:
  """An area with its code, level (Land, Gemeente, Wijk or Buurt), name, and what adds up from its buurten."""

  def __init__(self, code, level, gemeente, name, parent):
    self.code, self.level, self.gemeente, self.name, self.parent = code, level, gemeente, name, parent
    self.latent = 0.0
    self.counts = {}   # topic to exact count; of a wider area the sum over its buurten
    self.means = {}    # topic to value; of a wider area the mean, weighted with inhabitants
    self.health = {}   # (year, topic) to value, likewise

  def above(self):
    """This area and those that hold it, up to the country."""
    area = self
    while area is not None:
      yield area
      area = area.parent


def numbered(code, count):
  """Wijken and buurten of our own making: codes and names, `count` buurten, four to nine a wijk."""
  rows, left, wijk = [], count, 0
  while left:
    size = min(left, 4 + int(6 * drawn("size", code, wijk)))
    rows.append(("WK%s%02d" % (code[2:], wijk), "Wijk %02d" % wijk))
    for i in range(size):
      last = i == size - 1 and size > 2
      name = "Verspreide huizen wijk %02d" % wijk if last else "Buurt %02d%02d" % (wijk, i)
      rows.append(("BU%s%02d%02d" % (code[2:], wijk, 9 if last else i), name))
    left, wijk = left - size, wijk + 1
  return rows


def areas():
  """All areas in the order of publication: the country, then each gemeente with its wijken, each with its buurten."""
  country = Area("NL00", "Land", "Nederland", "Nederland", None)
  result = [country]
  others = [code for code, _ in GEMEENTEN if code not in KNOWN_BUURTEN]
  weights = [0.4 + 1.2 * drawn("share", code) for code in others]
  sizes = dict(zip(others, shared(BUURTEN - sum(KNOWN_BUURTEN.values()), weights)), **KNOWN_BUURTEN)
  for code, name in GEMEENTEN:
    gemeente = Area(code, "Gemeente", name, name, country)
    gemeente.latent = KNOWN_LATENT.get(code, 0.5 * bell("latent", code))
    result.append(gemeente)
    wijk = gemeente
    for part, title in ALMELO if code == "GM0141" else numbered(code, sizes[code]):
      if part.startswith("WK"):
        wijk = Area(part, "Wijk", name, title, gemeente)
        wijk.latent = gemeente.latent + 0.5 * bell("latent", part)
        result.append(wijk)
      else:
        buurt = Area(part, "Buurt", name, title, wijk)
        scattered = title.startswith("Verspreide")
        buurt.latent = wijk.latent + 0.65 * bell("latent", part) - (0.5 if scattered else 0)
        result.append(buurt)
  for area in result:
    if area.level == "Buurt":
      populate(area)
      for year in YEARS:
        health(area, year)
  add_up(result)
  return result


def populate(buurt):
  """Exact counts of one buurt, before any rounding, and the figures that a wider area averages."""
  code, u = buurt.code, drawn("inhabitants", buurt.code)
  if code in KNOWN_INHABITANTS:
    n = KNOWN_INHABITANTS[code]
  elif drawn("empty", code) < 0.035 and buurt.gemeente != "Almelo":
    n = 0
  elif buurt.name.startswith("Verspreide"):
    n = int(8 + 700 * u * u)
  else:
    n = int(30 + 1500 * u + 2600 * u * u * u)
  deprived = buurt.latent
  at = lambda base, slope: max(0.0, base + slope * deprived) * (0.8 + 0.4 * drawn("mix", base, code))
  c = buurt.counts
  c["AantalInwoners_5"] = n
  c["Mannen_6"], c["Vrouwen_7"] = shared(n, [0.47 + 0.06 * drawn("men", code), 0.5])
  ages = [at(0.155, 0.01), at(0.12, 0.01), at(0.25, 0.02), at(0.28, -0.02), at(0.195, -0.01)]
  for topic, part in zip(shapes.KWB_COLUMNS[9:14], shared(n, ages)):
    c[topic] = part
  marital = [at(0.48, 0.03), at(0.39, -0.05), at(0.08, 0.02), at(0.05, 0.004)]
  for topic, part in zip(shapes.KWB_COLUMNS[14:18], shared(n, marital)):
    c[topic] = part
  western, other, _ = shared(n, [at(0.1, 0.01), at(0.11, 0.07), 0.79])
  c["WestersTotaal_17"], c["NietWestersTotaal_18"] = western, other
  origins = [at(0.17, 0.02), at(0.07, 0.01), at(0.15, 0.0), at(0.18, 0.02), at(0.43, 0.0)]
  for topic, part in zip(shapes.KWB_COLUMNS[20:25], shared(other, origins)):
    c[topic] = part
  private = n - int(n * 0.02 * drawn("institution", code))
  households = int(private / (2.25 - 0.15 * deprived + 0.2 * drawn("size", code)) + 0.5)
  c["HuishoudensTotaal_28"], c["private"] = households, private
  kinds = [at(0.37, 0.07), at(0.29, -0.03), at(0.34, -0.03)]
  for topic, part in zip(shapes.KWB_COLUMNS[30:33], shared(households, kinds)):
    c[topic] = part
  c["PersonenPerSoortUitkeringBijstand_83"] = int(n * min(0.2, at(0.028, 0.022)))
  c["PersonenPerSoortUitkeringAO_84"] = int(n * min(0.2, at(0.045, 0.015)))
  c["PersonenPerSoortUitkeringWW_85"] = int(n * at(0.014, 0.002))
  c["PersonenPerSoortUitkeringAOW_86"] = int(c["k_65JaarOfOuder_12"] * (0.88 + 0.1 * drawn("pension", code)))
  petrol, other = int(households * at(0.9, -0.12)), int(households * at(0.2, -0.03))
  c["PersonenautoSTotaal_99"] = petrol + other
  c["PersonenautoSBrandstofBenzine_100"], c["PersonenautoSOverigeBrandstof_101"] = petrol, other
  c["Motorfietsen_104"] = int(n * at(0.04, -0.006))
  rural = buurt.name.startswith("Verspreide") or "Bedrijven" in buurt.name
  land = int((300 if rural else 22) * (0.4 + 2.2 * drawn("land", code))) + n // 90 + 1
  water = int(land * 0.12 * drawn("water", code) * drawn("lake", code))
  c["OppervlakteTotaal_110"], c["OppervlakteLand_111"], c["OppervlakteWater_112"] = land + water, land, water
  buurt.means["Omgevingsadressendichtheid_116"] = 20 + 200 * u if rural else 300 + 2600 * drawn("urban", code)
  buurt.means["AfstandTotGroteSupermarkt_106"] = (1.5 if rural else 0.3) + 1.6 * drawn("shop", code)
  buurt.means["AfstandTotKinderdagverblijf_107"] = (1.1 if rural else 0.2) + 1.1 * drawn("nursery", code)


def health(buurt, year):
  """Health of one buurt in one year. Most drift with the country, with a pace and a stir of their own."""
  step, values, latent = YEARS.index(year), {}, buurt.latent
  for topic, (*levels, weight, spread, least, most) in TOPICS.items():
    level = levels[step]
    if level is None:
      continue
    own = bell("own", topic, buurt.code)
    pace = bell("pace", topic, buurt.code) * step * 0.9
    stir = bell("stir", topic, buurt.code, year) * 0.45
    first = next(x for x in levels if x is not None)
    scale = level / first if level < first else 1.0  # differences shrink when a problem does
    x = level + scale * (weight * latent + spread * own) + spread * (pace + stir) * 0.8
    values[topic] = min(max(x, least), most)
  for topic, (whole, share, weight) in PARTS.items():
    part = share + weight * latent + 0.02 * bell("own", topic, buurt.code)
    part += 0.012 * bell("stir", topic, buurt.code, year)
    values[topic] = values[whole] * min(max(part, 0.04), 0.6)
  values["NormaalGewicht_8"] = 100 - values["Ondergewicht_7"] - values["Overgewicht_9"]
  for topic, value in values.items():
    buurt.health[year, topic] = value


def add_up(every):
  """Sums and means of the buurten for the areas that hold them."""
  weight = {}
  for buurt in (area for area in every if area.level == "Buurt"):
    n = buurt.counts["AantalInwoners_5"]
    for area in buurt.above():
      weight[area.code] = weight.get(area.code, 0) + n
      if area is buurt:
        continue
      for into, values, factor in ((area.counts, buurt.counts, 1), (area.means, buurt.means, n),
                                   (area.health, buurt.health, n)):
        for key, value in values.items():
          into[key] = into.get(key, 0) + value * factor
  for area in every:
    if area.level != "Buurt":
      for values in (area.means, area.health):
        for key in values:
          values[key] /= max(1, weight[area.code])

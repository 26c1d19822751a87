"""The byte shapes of the exports: column headings, CSV rows and Atom feeds as CBS writes them."""

# KWB 2020, table 84799NED.
KWB_TABLE = "84799NED"
KWB_COLUMNS = """
  ID WijkenEnBuurten Gemeentenaam_1 SoortRegio_2 Codering_3 IndelingswijzigingWijkenEnBuurten_4 AantalInwoners_5
  Mannen_6 Vrouwen_7 k_0Tot15Jaar_8 k_15Tot25Jaar_9 k_25Tot45Jaar_10 k_45Tot65Jaar_11 k_65JaarOfOuder_12 Ongehuwd_13
  Gehuwd_14 Gescheiden_15 Verweduwd_16 WestersTotaal_17 NietWestersTotaal_18 Marokko_19 NederlandseAntillenEnAruba_20
  Suriname_21 Turkije_22 OverigNietWesters_23 GeboorteTotaal_24 GeboorteRelatief_25 SterfteTotaal_26
  SterfteRelatief_27 HuishoudensTotaal_28 Eenpersoonshuishoudens_29 HuishoudensZonderKinderen_30
  HuishoudensMetKinderen_31 GemiddeldeHuishoudensgrootte_32 Bevolkingsdichtheid_33 Woningvoorraad_34
  GemiddeldeWoningwaarde_35 PercentageEengezinswoning_36 PercentageMeergezinswoning_37 PercentageBewoond_38
  PercentageOnbewoond_39 Koopwoningen_40 HuurwoningenTotaal_41 InBezitWoningcorporatie_42 InBezitOverigeVerhuurders_43
  EigendomOnbekend_44 BouwjaarVoor2000_45 BouwjaarVanaf2000_46 GemiddeldElektriciteitsverbruikTotaal_47 Appartement_48
  Tussenwoning_49 Hoekwoning_50 TweeOnderEenKapWoning_51 VrijstaandeWoning_52 Huurwoning_53 EigenWoning_54
  GemiddeldAardgasverbruikTotaal_55 Appartement_56 Tussenwoning_57 Hoekwoning_58 TweeOnderEenKapWoning_59
  VrijstaandeWoning_60 Huurwoning_61 EigenWoning_62 PercentageWoningenMetStadsverwarming_63 OpleidingsniveauLaag_64
  OpleidingsniveauMiddelbaar_65 OpleidingsniveauHoog_66 NettoArbeidsparticipatie_67 PercentageWerknemers_68
  PercentageZelfstandigen_69 AantalInkomensontvangers_70 GemiddeldInkomenPerInkomensontvanger_71
  GemiddeldInkomenPerInwoner_72 k_40PersonenMetLaagsteInkomen_73 k_20PersonenMetHoogsteInkomen_74
  GemGestandaardiseerdInkomenVanHuish_75 k_40HuishoudensMetLaagsteInkomen_76 k_20HuishoudensMetHoogsteInkomen_77
  HuishoudensMetEenLaagInkomen_78 HuishOnderOfRondSociaalMinimum_79 HuishoudensTot110VanSociaalMinimum_80
  HuishoudensTot120VanSociaalMinimum_81 MediaanVermogenVanParticuliereHuish_82 PersonenPerSoortUitkeringBijstand_83
  PersonenPerSoortUitkeringAO_84 PersonenPerSoortUitkeringWW_85 PersonenPerSoortUitkeringAOW_86
  JongerenMetJeugdzorgInNatura_87 PercentageJongerenMetJeugdzorg_88 WmoClienten_89 WmoClientenRelatief_90
  BedrijfsvestigingenTotaal_91 ALandbouwBosbouwEnVisserij_92 BFNijverheidEnEnergie_93 GIHandelEnHoreca_94
  HJVervoerInformatieEnCommunicatie_95 KLFinancieleDienstenOnroerendGoed_96 MNZakelijkeDienstverlening_97
  RUCultuurRecreatieOverigeDiensten_98 PersonenautoSTotaal_99 PersonenautoSBrandstofBenzine_100
  PersonenautoSOverigeBrandstof_101 PersonenautoSPerHuishouden_102 PersonenautoSNaarOppervlakte_103 Motorfietsen_104
  AfstandTotHuisartsenpraktijk_105 AfstandTotGroteSupermarkt_106 AfstandTotKinderdagverblijf_107 AfstandTotSchool_108
  ScholenBinnen3Km_109 OppervlakteTotaal_110 OppervlakteLand_111 OppervlakteWater_112 MeestVoorkomendePostcode_113
  Dekkingspercentage_114 MateVanStedelijkheid_115 Omgevingsadressendichtheid_116
""".split()

# Columns whose topics have decimals; all other topics are whole numbers.
KWB_DOUBLES = {32, 63, *range(71, 82), 88, 102, *range(105, 110)}

# Columns that hold text: missing is "." there, in the typed data set too.
KWB_TEXTS = {"WijkenEnBuurten", "Gemeentenaam_1", "SoortRegio_2", "Codering_3",
             "IndelingswijzigingWijkenEnBuurten_4", "MeestVoorkomendePostcode_113"}

# Health per neighbourhood, table 50090NED.
RIVM_COLUMNS = """
  ID Leeftijd Marges WijkenEnBuurten Perioden Gemeentenaam_1 SoortRegio_2 Codering_3 ErvarenGezondheidGoedZeerGoed_4
  VoldoetAanBeweegrichtlijn_5 WekelijkseSporters_6 Ondergewicht_7 NormaalGewicht_8 Overgewicht_9 ErnstigOvergewicht_10
  Roker_11 VoldoetAanAlcoholRichtlijn_12 Drinker_13 ZwareDrinker_14 OvermatigeDrinker_15
  EenOfMeerLangdurigeAandoeningen_16 BeperktVanwegeGezondheid_17 ErnstigBeperktVanwegeGezondheid_18
  LangdurigeZiekteEnBeperkt_19 EenOfMeerLichamelijkeBeperkingen_20 BeperkingInHoren_21 BeperkingInZien_22
  BeperkingInBewegen_23 MatigHoogRisicoOpAngstOfDepressie_24 HoogRisicoOpAngstOfDepressie_25
  HeelVeelStressInAfgelopen4Weken_26 MatigVeelRegieOverEigenLeven_27 Eenzaam_28 ErnstigZeerErnstigEenzaam_29
  EmotioneelEenzaam_30 SociaalEenzaam_31 Mantelzorger_32 Vrijwilligerswerk_33 LopenEnOfFietsenNaarSchoolOfWerk_34
  LopenNaarSchoolOfWerk_35 FietsenNaarSchoolOfWerk_36 ErnstigeGeluidhinderDoorBuren_37 MoeiteMetRondkomen_38
""".split()

UNKNOWN = "       ."
BOM = b"\xef\xbb\xbf"
UPDATED = "2021-03-26T02:00:00+02:00"
ROOT = "https://opendata.cbs.nl/ODataFeed/OData"


def csv_bytes(columns, rows):
  """A raw StatLine CSV: UTF-8 with BOM, CRLF, `;`, every field quoted."""
  lines = [";".join('"%s"' % field.replace('"', '""') for field in row) for row in [columns, *rows]]
  return BOM + "".join(line + "\r\n" for line in lines).encode("utf-8")


def escaped(text):
  """Text as element content."""
  return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def element(name, text, kind=None):
  """One property. `kind` is an Edm type or None for text; `text` None is null."""
  attributes = ' m:type="%s"' % kind if kind else ""
  if text is None:
    return '        <d:%s%s m:null="true" />\n' % (name, attributes)
  if text != text.strip():
    attributes += ' xml:space="preserve"'
  return "        <d:%s%s>%s</d:%s>\n" % (name, attributes, escaped(text), name)


def feed_bytes(table, collection, term, entries, following=None):
  """An OData v3 Atom feed: LF, no BOM. `entries`: key and properties of each; `following`: skip of the next page."""
  base = "%s/%s" % (ROOT, table)
  path = "%s/%s" % (base, collection)
  parts = [
    '<?xml version="1.0" encoding="utf-8"?>\n<feed xml:base="%s" xmlns="http://www.w3.org/2005/Atom"'
    ' xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"'
    ' xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"'
    ' xmlns:georss="http://www.georss.org/georss" xmlns:gml="http://www.opengis.net/gml">\n'
    '  <id>%s</id>\n  <title type="text">%s</title>\n  <updated>%s</updated>\n'
    '  <link rel="self" title="%s" href="%s" />\n' % (base, path, collection, UPDATED, collection, path)]
  for key, properties in entries:
    parts.append(
      "  <entry>\n    <id>%s(%s)</id>\n"
      '    <category term="Cbs.OData.%s" scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme" />\n'
      '    <link rel="self" href="%s(%s)" />\n    <title />\n    <updated>%s</updated>\n'
      "    <author>\n      <name />\n    </author>\n"
      '    <content type="application/xml">\n      <m:properties>\n' % (path, key, term, path, key, UPDATED))
    parts.extend(properties)
    parts.append("      </m:properties>\n    </content>\n  </entry>\n")
  if following is not None:
    parts.append('  <link rel="next" href="%s?$skip=%d" />\n' % (path, following))
  parts.append("</feed>\n")
  return "".join(parts).encode("utf-8")


def typed(row):
  """Properties of a KWB row in the TypedDataSet: numbers with their type, an empty field as null."""
  properties = []
  for position, (name, text) in enumerate(zip(KWB_COLUMNS, row)):
    if name in KWB_TEXTS:
      properties.append(element(name, text))
    else:
      kind = "Edm.Double" if position - 1 in KWB_DOUBLES else "Edm.Int32"
      properties.append(element(name, text if text else None, kind))
  return properties


def untyped(row):
  """Properties of a KWB row in the UntypedDataSet: numbers as text, right-aligned to 8, an empty field as unknown."""
  properties = [element("ID", row[0], "Edm.Int32")]
  for name, text in zip(KWB_COLUMNS[1:], row[1:]):
    properties.append(element(name, text if name in KWB_TEXTS else text.rjust(8) if text else UNKNOWN))
  return properties


def region(code, title, description, municipality):
  """Properties of one area in the list of areas; the Netherlands have no description and no municipality."""
  blank = "        <d:%s></d:%s>\n"
  if municipality is None:
    return [element("Key", code.ljust(10)), element("Title", title), element("Description", None),
            blank % ("Municipality", "Municipality"), blank % ("DetailRegionCode", "DetailRegionCode")]
  return [element("Key", code.ljust(10)), element("Title", title), element("Description", description),
          element("Municipality", municipality), element("DetailRegionCode", code)]

"""The 60 topics of the benchmark's tables and the 12 of its composite. Ranges are plausible, values made up."""

# name, least, most, decimals (the bounds are in steps of the last decimal), weight of the latent deprivation (-1 to 1)
TOPICS = [
  ("AantalInwoners_5", 0, 6000, 0, 0.0), ("Mannen_6", 0, 3000, 0, 0.0), ("Vrouwen_7", 0, 3000, 0, 0.0),
  ("k_0Tot15Jaar_8", 0, 1100, 0, 0.1), ("k_15Tot25Jaar_9", 0, 950, 0, 0.2), ("k_25Tot45Jaar_10", 0, 2100, 0, 0.1),
  ("k_45Tot65Jaar_11", 0, 1900, 0, -0.1), ("k_65JaarOfOuder_12", 0, 1600, 0, 0.0), ("Ongehuwd_13", 0, 3000, 0, 0.2),
  ("Gehuwd_14", 0, 2400, 0, -0.2), ("Gescheiden_15", 0, 550, 0, 0.2), ("Verweduwd_16", 0, 420, 0, 0.1),
  ("GeboorteTotaal_17", 0, 95, 0, 0.0), ("GeboorteRelatief_18", 0, 210, 1, 0.1), ("SterfteTotaal_19", 0, 85, 0, 0.1),
  ("SterfteRelatief_20", 0, 260, 1, 0.2), ("MigratieSaldo_21", -280, 320, 0, 0.0),
  ("HuishoudensTotaal_22", 0, 2900, 0, 0.0), ("Eenpersoonshuishoudens_23", 0, 1600, 0, 0.3),
  ("HuishoudensZonderKinderen_24", 0, 950, 0, -0.1), ("HuishoudensMetKinderen_25", 0, 1050, 0, 0.0),
  ("GemiddeldeHuishoudensgrootte_26", 11, 39, 1, -0.2), ("Bevolkingsdichtheid_27", 2, 11800, 0, 0.3),
  ("Woningvoorraad_28", 0, 3400, 0, 0.0), ("GemiddeldeWOZWaardeVanWoningen_29", 95, 880, 0, -0.6),
  ("PercentageEengezinswoning_30", 0, 100, 0, -0.4), ("PercentageMeergezinswoning_31", 0, 100, 0, 0.4),
  ("PercentageOnbewoond_32", 0, 28, 0, 0.2), ("Koopwoningen_33", 0, 100, 0, -0.5),
  ("HuurwoningenTotaal_34", 0, 100, 0, 0.5), ("InBezitWoningcorporatie_35", 0, 100, 0, 0.6),
  ("InBezitOverigeVerhuurders_36", 0, 62, 0, 0.1), ("GemiddeldElektriciteitsverbruikTotaal_37", 1150, 5900, 0, -0.3),
  ("GemiddeldAardgasverbruikTotaal_38", 210, 2550, 0, -0.2),
  ("PercentageWoningenMetStadsverwarming_39", 0, 1000, 1, 0.1),
  ("LeerlingenPo_40", 0, 880, 0, 0.1), ("LeerlingenVoInclVavo_41", 0, 860, 0, 0.0), ("StudentenMbo_42", 0, 520, 0, 0.2),
  ("OpleidingsniveauLaag_43", 0, 1550, 0, 0.5), ("OpleidingsniveauMiddelbaar_44", 0, 1750, 0, 0.1),
  ("OpleidingsniveauHoog_45", 0, 1850, 0, -0.6), ("Nettoarbeidsparticipatie_46", 31, 89, 0, -0.5),
  ("PercentageZonderStartkwalificatie_47", 0, 460, 1, 0.6), ("PercentageOnderadvisering_48", 0, 410, 1, 0.4),
  ("GemiddeldInkomenPerInwoner_49", 155, 690, 1, -0.7), ("k_40PersonenMetLaagsteInkomen_50", 60, 880, 1, 0.7),
  ("HuishoudensMetEenLaagInkomen_51", 0, 340, 1, 0.7), ("HuishOnderOfRondSociaalMinimum_52", 0, 345, 1, 0.7),
  ("PercentageEnergiearmoede_53", 0, 310, 1, 0.6), ("PercentageProblematischeSchulden_54", 0, 360, 1, 0.7),
  ("PersonenPerSoortUitkeringBijstand_55", 0, 580, 0, 0.6), ("PersonenPerSoortUitkeringAO_56", 0, 410, 0, 0.4),
  ("PercentageErvarenGezondheidSlecht_57", 55, 490, 1, 0.6), ("PercentageOvergewicht_58", 210, 740, 1, 0.5),
  ("PercentageErnstigEenzaam_59", 25, 340, 1, 0.5), ("PercentageJeugdzorg_60", 0, 290, 1, 0.4),
  ("Geweldsmisdrijven_61", 0, 390, 1, 0.5), ("VernielingenEnOverlast_62", 0, 410, 1, 0.4),
  ("AfstandTotHuisartsenpraktijk_63", 1, 125, 1, -0.2), ("AfstandTotGroteSupermarkt_64", 1, 145, 1, -0.2),
]

# name, weight, direction (1: more is worse, -1: more is better)
INDICATORS = [
  ("HuishoudensMetEenLaagInkomen_51", 0.12, 1), ("PercentageEnergiearmoede_53", 0.10, 1),
  ("PercentageProblematischeSchulden_54", 0.12, 1), ("Nettoarbeidsparticipatie_46", 0.10, -1),
  ("PercentageZonderStartkwalificatie_47", 0.10, 1), ("PercentageOnderadvisering_48", 0.06, 1),
  ("PercentageErvarenGezondheidSlecht_57", 0.10, 1), ("PercentageOvergewicht_58", 0.06, 1),
  ("PercentageErnstigEenzaam_59", 0.06, 1), ("Geweldsmisdrijven_61", 0.08, 1),
  ("VernielingenEnOverlast_62", 0.06, 1), ("GemiddeldeWOZWaardeVanWoningen_29", 0.04, -1),
]

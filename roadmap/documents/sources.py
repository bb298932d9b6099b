"""French names of the sources and licences that the factor files cite, for the documents. Pure."""

# Start of the source, as the file writes it → how the document names it.
SOURCE_NAMES = {
    "Proxy:": (
        "ADEME, Évaluation de l’impact environnemental du numérique en France, janvier 2025 : rapport national entre "
        "critères, appliqué au facteur carbone"
    ),
    "BoaviztAPI factor file": "BoaviztAPI, fichier de facteurs (origine : ADEME, Base IMPACTS et NegaOctet)",
    "BoaviztAPI 2.5.0 result": "BoaviztAPI 2.5.0, résultat de calcul",
    "Boavizta environmental-footprint-data": "Boavizta, fiches carbone des fabricants, statistique calculée",
    "ADEME Base Empreinte (NegaOctet": "ADEME, Base Empreinte (NegaOctet), par publicodes-acv-numerique 2.2.0",
    "ADEME Base Empreinte, French average": "ADEME, Base Empreinte, mix moyen de consommation français, amont compris",
    "ADEME Base IMPACTS 2.01": "ADEME, Base IMPACTS 2.01, par G4IT",
    "ADEME data-centre": "ADEME, équipements de centre de données, par publicodes-acv-numerique 2.2.0",
    "ADEME network": "ADEME, transferts sur le réseau, par publicodes-acv-numerique 2.2.0",
    "ADEME Impact CO2": "ADEME, Impact CO₂, catégorie numérique",
    "ADEME Impact CO₂": "ADEME, Impact CO₂, catégorie numérique",
    "Our World in Data": "Our World in Data et Ember, intensité carbone de l’électricité, par GLPI Carbon",
    "EcoLogits": "EcoLogits, mix électriques",
    "EcoDiag": "EcoDiag (EcoInfo, CNRS), table des équipements",
    "Estimate composed": "Estimation composée à partir d’autres lignes du jeu de facteurs",
}
LICENCE_NAMES = {
    "(c) ADEME": "chiffres cités, © ADEME",
    "inherits": "celles des lignes composées",
}


def name_source(source: str) -> str:
    """Return the French name of a source; one that is not known is cited as it is."""
    return _find(SOURCE_NAMES, source) or source


def name_licence(licence: str) -> str:
    """Return the licence without what the file adds in brackets: « AGPL-3.0 (repository licence) » → « AGPL-3.0 »."""
    return _find(LICENCE_NAMES, licence) or licence.split(" (")[0]


def _find(names: dict[str, str], text: str) -> str:
    return next((name for start, name in names.items() if text.startswith(start)), "")

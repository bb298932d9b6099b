"""What two people write in the forms of the inventory: field → their two answers (see `tests/walks/test_stale.py`)."""

LINE = {
    "laptop-quantity": ("311", "312"),
    "laptop-mean_age_years": ("3,2", "3,3"),
    "laptop-lifetime_years": ("6", "7"),
    "laptop-refurbished_percent": ("9", "10"),
    "laptop-confidence": ("estimated", "unknown"),
}
GROUP = LINE | {
    "laptop-stock_quantity": ("15", "16"),
    "laptop-observed_lifetime_years": ("6", "7"),
    "laptop-first_life_years": ("2", "3"),
    "laptop-total_life_years": ("9", "10"),
    "laptop-bought_last_year": ("63", "64"),
    "laptop-retired_last_year": ("49", "50"),
    "laptop-reused_last_year": ("15", "16"),
    "laptop-use_share_percent": ("90", "80"),
    "laptop-source": ("Annuaire du premier", "Annuaire de la seconde"),
}
FIGURES = {
    "agents_equipped-value": ("431", "432"),
    "agents_equipped-confidence": ("estimated", "unknown"),
    "agents_equipped-source": ("Paie du premier", "Paie de la seconde"),
}
HOSTING = {
    "place": ("own", "shared"),
    "host_category": ("1", "2"),
    "is_apart": ([], ["on"]),
    "machine_count": ("2", "3"),
    "host_count": ("1", "2"),
    "key": ("machines", "vcpu"),
    "total": ("40", "50"),
}
SCENARIO = {
    "name": ("Scénario du premier", "Scénario de la seconde"),
    "start_year": ("2022", "2021"),
    "target": ("libre", "aucune"),
    "note": ("Note du premier", "Note de la seconde"),
}
CHANGE = {
    "categories": (["laptop"], ["laptop", "smartphone"]),
    "years": ("1,5", "3"),
    "fleet_share_percent": ("50", "60"),
    "starts_in": ("2030", "2031"),
    "label": ("Intitulé du premier", "Intitulé de la seconde"),
}

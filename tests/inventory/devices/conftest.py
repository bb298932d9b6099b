"""Files of an estate, as asset tools write them."""

from collections.abc import Sequence

GLPI = [
    ["Nom", "Statut", "Numéro de série", "Type", "Modèle", "Informations financières et administratives - Date d'achat",
     "Date de création", "Informations financières et administratives - Date de réforme"],
    ["PC-1", "En service", "SER0001", "Portable", "Latitude 5420", "2022-03-15", "2022-04-01", ""],
    ["PC-2", "En service", "SER0002", "Portable", "Latitude 5420", "", "2024-03-02 08:00", ""],
    ["PC-2 bis", "En service", "ser 0002", "Portable", "Latitude 5420", "", "2023-03-02 08:00", ""],
    ["PC-3", "En stock", "SER0003", "Portable", "Latitude 7400", "2025-06-01", "", ""],
    ["PC-4", "Réformé", "SER0004", "Portable", "Latitude 7400", "2018-01-10", "", "2025-01-20"],
    ["EC-1", "En service", "", "Moniteur", "P2419H", "01/09/2020", "", ""],
    ["EC-2", "En panne", "N/A", "Moniteur", "P2419H", "demain", "", ""],
    ["X-1", "En service", "SER0009", "Appareil métier", "ZX-12", "2021", "", ""],
    ["X-2", "En service", "SER0010", "Appareil métier", "ZX-13", "2021", "", ""],
    ["SOURIS", "En service", "SER0011", "Souris", "M100", "2021", "", ""],
]  # fmt: skip


def as_csv(rows: Sequence[Sequence[object]], *, separator: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """Return a csv file, each cell between quotation marks."""
    lines = [separator.join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in rows]
    return "\n".join(lines).encode(encoding)

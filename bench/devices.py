"""Import of the export of an asset tool: 100 000 devices, as the « all assets » view of GLPI gives them."""

import csv
import io
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from xml.sax.saxutils import escape

from django.utils import timezone

from bench.site import demonstration_authority
from bench.spreadsheets import build_file, text_row
from inventory.devices.services import read_table, receive_table
from inventory.enums import ImportState, InventoryState
from inventory.models import Inventory, InventoryImport
from inventory.services import create_inventory

ROWS = 100_000

HEADERS = (
    "Nom",
    "Statut",
    "Fabricant",
    "Numéro de série",
    "Type",
    "Modèle",
    "Lieu",
    "Usager",
    "Système d'exploitation - Nom",
    "Dernière modification",
    "Date de création",
    "Informations financières et administratives - Date d'achat",
    "Informations financières et administratives - Date de mise en service",
    "Informations financières et administratives - Date de réforme",
    "Informations financières et administratives - Fournisseur",
)
# Type, manufacturer, models, weight in the estate.
MODELS: tuple[tuple[str, str, tuple[str, ...], int], ...] = (
    ("Portable", "Dell Inc.", ("Latitude 5420", "Latitude 5530", "Latitude 7400", "Latitude 3510"), 22),
    ("Notebook", "HP", ("HP EliteBook 840 G8", "HP ProBook 450 G7", "HP ProBook 650 G5"), 14),
    ("Desktop", "Dell Inc.", ("OptiPlex 7080", "OptiPlex 3060", "OptiPlex 5090 Micro"), 10),
    ("Mini Tower", "LENOVO", ("ThinkCentre M720t", "ThinkCentre M70q"), 5),
    ("Écran", "Dell", ("P2419H", "P2422H", "U2722D", "E2216H"), 24),
    ("Moniteur", "iiyama", ("ProLite XUB2492HSU", "ProLite B2791HSU"), 8),
    ("Smartphone", "Samsung", ("Galaxy A52s", "Galaxy XCover 5", "iPhone SE"), 8),
    ("Tablette", "Apple", ("iPad 9", "Galaxy Tab Active3"), 2),
    ("Téléphone IP", "Alcatel", ("8028s", "8058s"), 4),
    ("Imprimante laser", "Brother", ("HL-L2350DW", "HL-L5100DN"), 2),
    ("Multifonction", "Ricoh", ("IM C3000", "MP C2504"), 1),
    ("Switch", "Aruba", ("2930F-48G", "2540-24G"), 2),
    ("Serveur", "Dell Inc.", ("PowerEdge R640", "PowerEdge R740"), 1),
    ("Appareil métier", "Divers", ("ZX-12", "Borne 7", "Lecteur LC3", ""), 1),
)
STATES = ("En service", "En service", "En service", "En service", "En stock", "Réformé", "En service", "")


def glpi_rows(count: int, *, seed: int = 1) -> Iterator[tuple[str, ...]]:
    """Return the headers and that many devices: one in fifty is there twice, one in six has no purchase date."""
    draw = random.Random(seed)  # noqa: S311 (a repeatable estate)
    weights = [item[3] for item in MODELS]
    first = date(2013, 1, 1)
    yield HEADERS
    previous = ""
    for rank in range(count):
        kind, maker, models, _weight = draw.choices(MODELS, weights)[0]
        year_days = draw.choice((0, 300, 900, 1500, 2200, 2900, 3300, 3400, 3450, 4000)) + draw.randrange(365)
        bought = first + timedelta(days=year_days)
        state = draw.choice(STATES)
        is_twice = rank % 50 == 49
        serial = previous if is_twice else f"{draw.getrandbits(40):010X}"
        previous = serial
        has_date = draw.random() > 1 / 6
        retired = (bought + timedelta(days=1500)).isoformat() if state == "Réformé" else ""
        yield (
            f"PC-{rank:06d}",
            state,
            maker,
            serial,
            kind,
            draw.choice(models),
            f"Bâtiment {rank % 40} > Étage {rank % 4}",
            f"agent{rank % 9000}",
            "Windows 11 Pro",
            "2026-02-11 08:21",
            (bought + timedelta(days=30)).isoformat() + " 09:12",
            bought.isoformat() if has_date else "",
            (bought + timedelta(days=12)).isoformat() if has_date else "",
            retired,
            "UGAP",
        )


def glpi_csv(count: int) -> bytes:
    """Return the export as GLPI writes it: semicolons, every cell quoted, UTF-8 with its mark."""
    target = io.StringIO()
    csv.writer(target, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(glpi_rows(count))
    return target.getvalue().encode("utf-8-sig")


def glpi_xlsx(count: int) -> bytes:
    """Return the export as a spreadsheet."""
    return build_file(text_row(*map(escape, row)) for row in glpi_rows(count))


def prepare_import() -> Callable[[], object]:
    """Return the import of the csv export, from the received bytes to the preview that waits."""
    return _import(glpi_csv(ROWS), "glpi.csv")


def prepare_import_xlsx() -> Callable[[], object]:
    """Return the import of the same export as a spreadsheet."""
    return _import(glpi_xlsx(ROWS), "glpi.xlsx")


def _import(data: bytes, name: str) -> Callable[[], object]:
    initiative = demonstration_authority().initiatives.get()
    lot = Inventory.objects.filter(initiative=initiative, state=InventoryState.DRAFT).first() or create_inventory(
        initiative=initiative, dated_on=date(2026, 11, 1), actor=None, now=timezone.now()
    )
    lot.initiative = initiative

    def read() -> None:
        waiting = receive_table(inventory=lot, file_name=name, data=data, actor=None, now=timezone.now())
        read_table(waiting.pk)
        found = InventoryImport.objects.get(pk=waiting.pk)
        table = found.report["table"]
        if (found.state, table["row_count"], table["duplicate_count"]) != (ImportState.PENDING, ROWS, ROWS // 50):
            raise ValueError(f"{found.state}: {found.error or table}")

    return read

"""What a preview warns of before anything is replaced, and what a file is, whatever its name says."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inventory.models import ImportFile, InventoryImport
from inventory.readers.shrink import find_shrinks
from inventory.services import confirm_import, undo_import
from tests.factories import PARIS_NOON
from tests.factories_inventory import fill
from tests.inventory.devices.conftest import GLPI, as_csv
from tests.inventory.devices.test_imports import line, post, read
from tests.inventory.test_import import book
from tests.inventory.test_views import url
from tests.inventory.test_views_spreadsheets import upload


def test_serial_with_two_states_says_which_is_kept(lot, referent, referent_client):
    rows = [*GLPI, ["PC-1", "Réformé", "SER0001", "Portable", "Latitude 5420", "2022-03-15", "", "2026-01-01"]]
    waiting = read(lot, referent, as_csv(rows))
    assert waiting.report["table"]["state_conflicts"] == [
        {"serial": "SER0001", "row": 12, "first": 2, "state": "réformé", "kept": "en service"}
    ]
    assert waiting.changes["lines"]["laptop"]["quantity"] == 2
    page = referent_client.get(url("import_detail", lot, waiting.pk)).content.decode()
    assert "1 numéro de série a deux états" in page
    assert "SER0001" in page
    # It goes with the file.
    confirm_import(waiting=waiting, actor=referent, now=PARIS_NOON)
    assert "SER0001" not in repr(InventoryImport.objects.values().get())


def test_what_has_no_family_is_said_on_the_lot_until_it_has_one(lot, referent, referent_client):
    waiting = read(lot, referent)
    page = referent_client.get(url("import_detail", lot, waiting.pk)).content.decode()
    assert "2 équipements non classés ne comptent pas" in page
    assert "non classé" not in referent_client.get(url("lot_detail", lot)).content.decode()
    confirm_import(waiting=waiting, actor=referent, now=PARIS_NOON)
    lot.refresh_from_db()
    assert lot.unsorted_devices == 2
    assert "2 équipements non classés ne comptent pas" in referent_client.get(url("lot_detail", lot)).content.decode()
    undo_import(applied=InventoryImport.objects.get(), choice=None, actor=referent, now=PARIS_NOON)
    lot.refresh_from_db()
    assert lot.unsorted_devices == 0


def test_file_far_smaller_than_the_lot_asks_before_replacing(lot, referent_client):
    fill(lot, laptop={"quantity": 100}, monitor_24={"quantity": 300})
    post(referent_client, lot, as_csv(GLPI))
    waiting = InventoryImport.objects.get()
    assert waiting.report["shrinks"] == [
        {"name": "Ordinateurs portables", "declared": 100, "found": 2},
        {"name": "Écrans 23-24 pouces", "declared": 300, "found": 2},
        {"name": "", "declared": 400, "found": 4},
    ]
    page = referent_client.get(url("import_detail", lot, waiting.pk)).content.decode()
    assert "En tout\u00a0: 4 dans le fichier, 400 dans le lot" in page.replace("&nbsp;", "\u00a0")
    address = url("import_confirm", lot, waiting.pk)
    refused = referent_client.post(address)
    assert refused.status_code == 409
    assert "cochez la case avant le bouton" in refused.content.decode()
    assert line(lot).quantity == 100
    assert referent_client.post(address, {"agreed": "1"}).status_code == 302
    assert line(lot).quantity == 2


def test_file_about_a_part_of_the_estate_is_said_and_asks_nothing(lot, referent_client):
    fill(lot, laptop={"quantity": 2}, switch={"quantity": 300})
    post(referent_client, lot, as_csv(GLPI))
    waiting = InventoryImport.objects.get()
    assert waiting.report["shrinks"] == [{"name": "", "declared": 302, "found": 4}]
    page = referent_client.get(url("import_detail", lot, waiting.pk)).content.decode()
    assert "Ce fichier ne décrit qu’une partie du parc" in page
    assert 'name="agreed"' not in page
    assert referent_client.post(url("import_confirm", lot, waiting.pk)).status_code == 302


def test_own_spreadsheet_that_halves_a_family_asks_too(lot, referent_client):
    fill(lot, laptop={"quantity": 100}, monitor_24={"quantity": 300})
    rows = [["Famille", "Nombre en service"], ["Ordinateurs portables", 49], ["Écrans 23-24 pouces", 290]]
    referent_client.post(url("inventory_import", lot), upload(book(*rows), "parc.xlsx"))
    assert InventoryImport.objects.get().report["shrinks"] == [
        {"name": "Ordinateurs portables", "declared": 100, "found": 49}
    ]


def test_refused_file_leaves_the_one_that_waits(lot, referent_client):
    post(referent_client, lot, as_csv(GLPI))
    kept = InventoryImport.objects.get()
    assert post(referent_client, lot, b"hello", "parc.xlsx").status_code == 422
    assert InventoryImport.objects.get() == kept
    assert ImportFile.objects.get().waiting == kept


@pytest.mark.parametrize(
    ("declared", "found", "expected"),
    [
        ({"a": 100}, {"a": 50}, []),
        ({"a": 100}, {"a": 49}, ["A", ""]),
        ({"a": 9}, {"a": 1}, []),
        ({"a": None}, {"a": 5}, []),
        ({"a": 100, "b": 100}, {"a": 90}, [""]),
        ({"a": 100}, {}, []),
    ],
)
def test_less_than_half_is_far_smaller(declared, found, expected):
    named = {code: (code.upper(), quantity) for code, quantity in declared.items()}
    assert [item.name for item in find_shrinks(named, found)] == expected


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("parc.xlsx", as_csv(GLPI), "se nomme .xlsx et contient un texte csv"),
        ("parc.ods", as_csv(GLPI), "se nomme .ods et contient un texte csv"),
        ("parc.csv", book(*GLPI), "se nomme .csv et contient un tableur xlsx"),
        ("parc.txt", book(*GLPI), "se nomme .txt et contient un tableur xlsx"),
        ("parc.csv", as_csv(GLPI), ""),
    ],
)
def test_file_is_read_for_what_it_is(lot, referent_client, name, data, words):
    content = data if isinstance(data, bytes) else upload(data)["file"].read()
    received = {"file": SimpleUploadedFile(name, content)}
    answer = referent_client.post(url("inventory_import", lot), received, follow=True)
    assert InventoryImport.objects.get().changes["lines"]["laptop"]["quantity"] == 2
    page = answer.content.decode()
    assert words in page
    assert ("est lu comme tel" in page) == bool(words)

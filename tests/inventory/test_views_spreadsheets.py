"""Download, upload, preview and confirmation of a spreadsheet, by both gates."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from inventory.models import Inventory, InventoryImport, InventoryLine
from tests import factories
from tests.factories_inventory import fill, make_frozen, make_import
from tests.inventory.test_import import HEAD, book
from tests.inventory.test_views import url


def upload(workbook: Workbook, name: str = "parc.xlsx") -> dict[str, SimpleUploadedFile]:
    target = io.BytesIO()
    workbook.save(target)
    return {"file": SimpleUploadedFile(name, target.getvalue())}


def quantity(lot: Inventory, code: str = "laptop") -> int | None:
    return InventoryLine.objects.get(inventory=lot, category__code=code).quantity


def test_download(example_lot, referent_client):
    answer = referent_client.get(url("inventory_export", example_lot))
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer["Content-Disposition"] == 'attachment; filename="inventaire-pays-dexemple-lot-1.xlsx"'
    assert load_workbook(io.BytesIO(answer.content)).sheetnames == ["Lisez-moi", "Équipements", "Chiffres clés"]


def test_nothing_is_written_before_the_confirmation(example_lot, referent_client):
    version = example_lot.version
    workbook = book(HEAD, ["Ordinateurs portables", 120], ["Tablettes", 8], ["Machines à café", 3])
    answer = referent_client.post(url("inventory_import", example_lot), upload(workbook))
    waiting = InventoryImport.objects.get()
    assert answer["Location"] == url("import_detail", example_lot, waiting.pk)
    page = referent_client.get(answer["Location"]).content.decode()
    for text in (
        "1 ajout, 1 modification, 1 ligne refusée",
        "rien n’est encore écrit",
        "Nombre en service&nbsp;: 100 → 120",
        "Famille inconnue",
    ):
        assert text in page
    example_lot.refresh_from_db()
    assert (quantity(example_lot), example_lot.version) == (100, version)
    answer = referent_client.post(url("import_confirm", example_lot, waiting.pk))
    assert answer["Location"] == reverse("inventory:inventory_detail", args=[example_lot.initiative.authority.slug])
    assert (quantity(example_lot), quantity(example_lot, "tablet")) == (120, 8)
    # Once only: the page of the preview leads back, a second confirmation is refused.
    assert referent_client.get(url("import_detail", example_lot, waiting.pk)).status_code == 302
    referent_client.post(url("import_confirm", example_lot, waiting.pk))
    assert quantity(example_lot) == 120


def test_a_get_confirms_nothing(example_lot, referent_client):
    waiting = make_import(example_lot)
    assert referent_client.get(url("import_confirm", example_lot, waiting.pk)).status_code == 405
    assert quantity(example_lot) == 100


def test_preview_of_a_lot_that_changed_since(example_lot, referent_client):
    waiting = make_import(example_lot)
    fill(example_lot, desktop={"quantity": 4})
    answer = referent_client.get(url("import_detail", example_lot, waiting.pk))
    assert answer.status_code == 409
    assert "L’inventaire a changé depuis la lecture de ce tableur" in answer.content.decode()
    assert "Enregistrer ces changements" not in answer.content.decode()
    answer = referent_client.post(url("import_confirm", example_lot, waiting.pk))
    assert answer.status_code == 409
    assert quantity(example_lot) == 100


def test_discard(example_lot, referent_client):
    waiting = make_import(example_lot)
    answer = referent_client.post(url("import_confirm", example_lot, waiting.pk), {"discard": "1"})
    assert answer["Location"] == url("inventory_import", example_lot)
    assert not InventoryImport.objects.exists()
    assert quantity(example_lot) == 100


def test_nothing_to_change(example_lot, referent_client):
    answer = referent_client.post(
        url("inventory_import", example_lot), upload(book(HEAD, ["Ordinateurs portables", 100])), follow=True
    )
    page = answer.content.decode()
    assert "Rien à changer" in page
    assert "1 ligne identique" in page
    assert "Enregistrer ces changements" not in page


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("parc.xlsx", b"Famille;Nombre\n", "Aucun tableau n’est reconnu dans ce fichier"),
        ("parc.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99, "ancien format xls"),
        ("parc.xlsx", b"PK\x03\x04garbage", "Ce fichier est abîmé"),
        ("parc.xlsx", b"", "Ce fichier est vide"),
    ],
)
def test_refused_files_are_said_in_french(lot, referent_client, name, content, message):
    answer = referent_client.post(url("inventory_import", lot), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not InventoryImport.objects.exists()


def test_no_file_at_all(lot, referent_client):
    answer = referent_client.post(url("inventory_import", lot), {})
    assert answer.status_code == 422
    assert "Choisissez un fichier" in answer.content.decode()


def test_macros_by_name(lot, referent_client):
    answer = referent_client.post(url("inventory_import", lot), upload(book(HEAD, ["Tablettes", 3]), "parc.xlsm"))
    assert answer.status_code == 422
    assert "macros" in answer.content.decode()


def test_hostile_texts_are_escaped(lot, referent_client):
    workbook = book([*HEAD, "<b>x</b>"], ["<script>alert(1)</script>", 3])
    page = referent_client.post(
        url("inventory_import", lot), upload(workbook, "<img onerror=x>.xlsx"), follow=True
    ).content.decode()
    assert "<script>alert" not in page
    assert "<img onerror" not in page
    assert "&lt;script&gt;" in page


def test_frozen_lot_takes_no_spreadsheet(reference, initiative, referent, referent_client):
    frozen = make_frozen(initiative, referent)
    answer = referent_client.post(url("inventory_import", frozen), upload(book(HEAD, ["Tablettes", 3])))
    assert answer["Location"] == url("lot_detail", frozen)
    assert quantity(frozen, "tablet") is None


def test_by_a_personal_link(lot, initiative):
    contributor = factories.make_participant(initiative, roles=("contributor",))
    client = factories.participant_client(contributor)

    def address(name: str, *args) -> str:
        return reverse(f"inventory:participant_{name}", args=[contributor.pk, lot.pk, *args])

    assert client.get(address("inventory_export")).status_code == 200
    answer = client.post(address("inventory_import"), upload(book(HEAD, ["Tablettes", 8])))
    waiting = InventoryImport.objects.get()
    assert answer["Location"] == address("import_detail", waiting.pk)
    assert waiting.created_by_participant == contributor
    assert client.get(answer["Location"]).status_code == 200
    answer = client.post(address("import_confirm", waiting.pk))
    assert answer["Location"] == reverse("inventory:participant_inventory_detail", args=[contributor.pk])
    assert quantity(lot, "tablet") == 8


def test_our_spreadsheet_as_ods_comes_back(example_lot, referent_client):
    answer = referent_client.get(url("inventory_export", example_lot) + "?format=ods")
    assert answer["Content-Type"] == "application/vnd.oasis.opendocument.spreadsheet"
    assert answer["Content-Disposition"] == 'attachment; filename="inventaire-pays-dexemple-lot-1.ods"'
    sent = SimpleUploadedFile("parc.ods", answer.content)
    page = referent_client.post(url("inventory_import", example_lot), {"file": sent}, follow=True).content.decode()
    assert "Rien à changer" in page
    assert "lignes identiques" in page

"""From a file to the lot and back: services, by the pages of both gates."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from authorities.models import Event
from inventory.before import ChangedSinceError, UndoChoice
from inventory.devices.services import read_table, receive_table, start_reading
from inventory.models import ColumnMemory, DeviceChoice, ImportFile, InventoryImport, InventoryLine
from inventory.services import confirm_import, drop_old_imports, freeze_inventory, prepare_import, undo_import
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_inventory import fill, make_inventory
from tests.inventory.devices.conftest import GLPI, as_csv
from tests.inventory.test_import import book
from tests.inventory.test_views import url
from tests.inventory.test_views_spreadsheets import upload

OWN = [["Matériel", "Qté", "Année", "Remarque"], ["Portable", 12, 2022, "a"], ["Bidule", 3, 2021, "b"]]


def post(client, lot, data: bytes, name: str = "parc.csv", **fields):
    return client.post(url("inventory_import", lot), {"file": SimpleUploadedFile(name, data), **fields})


def read(lot, referent, data: bytes = b"", name: str = "parc.csv") -> InventoryImport:
    waiting = receive_table(inventory=lot, file_name=name, data=data or as_csv(GLPI), actor=referent, now=PARIS_NOON)
    start_reading(waiting)
    return InventoryImport.objects.select_related("inventory__initiative__authority").get(pk=waiting.pk)


def line(lot, code: str = "laptop") -> InventoryLine:
    return InventoryLine.objects.get(inventory=lot, category__code=code)


# Reading -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        as_csv(GLPI),
        as_csv(GLPI, encoding="utf-8"),
        as_csv(GLPI, encoding="latin-1"),
        as_csv(GLPI, encoding="utf-16"),
        as_csv(GLPI, separator=","),
        as_csv(GLPI, separator="\t"),
        b"sep=;\n" + as_csv(GLPI, encoding="utf-8"),
    ],
    ids=["bom", "utf-8", "latin-1", "utf-16", "commas", "tabs", "sep"],
)
def test_glpi_goes_straight_to_the_preview(lot, referent, data):
    waiting = read(lot, referent, data)
    assert waiting.state == "pending", waiting.error
    assert waiting.changes["lines"]["laptop"] == {
        "quantity": 2,
        "stock_quantity": 1,
        "mean_age_years": "3.5",  # (4.0 + 3.0) / 2: the first inventory of the second one is in March 2023
        "observed_lifetime_years": waiting.changes["lines"]["laptop"]["observed_lifetime_years"],
        "bought_last_year": 1,
        "retired_last_year": 1,
        "confidence": "measured",
        "source": "Fichier parc.csv",
    }
    assert waiting.changes["purchases"]["laptop"] == {"2018": 1, "2022": 1, "2025": 1}
    table = waiting.report["table"]
    assert (table["row_count"], table["device_count"], table["duplicate_count"]) == (10, 9, 1)
    assert (table["unknown"], table["out"]) == ({"devices": 2, "groups": 2}, {"devices": 1, "groups": 1})
    assert table["unknown_states"] == [["En panne", 1]]
    assert [item["row"] for item in table["remarks"]] == [8 + data.startswith(b"sep=")]


def test_glpi_as_a_spreadsheet(lot, referent_client):
    answer = referent_client.post(url("inventory_import", lot), upload(book(*GLPI), "glpi.xlsx"))
    waiting = InventoryImport.objects.get()
    assert answer["Location"] == url("import_detail", lot, waiting.pk)
    assert waiting.changes["lines"]["laptop"]["quantity"] == 2


def test_english_headers(lot, referent):
    rows = [["Name", "Status", "Serial number", "Item type", "Model", "Date of purchase"]]
    rows += [
        ["a", "In use", "AAAA1", "Laptop", "X", "2024-01-01"],
        ["b", "Retired", "AAAA2", "Laptop", "X", "2020-01-01"],
    ]
    found = read(lot, referent, as_csv(rows, separator=",")).changes["lines"]["laptop"]
    assert (found["quantity"], found["bought_last_year"]) == (1, 0)


def test_ocs_inventory(lot, referent):
    rows = [["Computer", "Manufacturer", "Model", "Type", "Serial number", "Last inventory"]]
    rows += [["a", "Dell", "OptiPlex 7080", "Desktop", "AAAA1", "01/02/2024 10:00:00"]]
    found = read(lot, referent, as_csv(rows)).changes["lines"]["desktop"]
    assert (found["quantity"], found["mean_age_years"]) == (1, "2.1")


def test_nothing_personal_is_kept(lot, referent):
    rows = [[*row, f"Agent {rank}"] for rank, row in enumerate(GLPI)]
    rows[0][-1] = "Utilisateur"
    waiting = read(lot, referent, as_csv(rows))
    kept = repr([waiting.tally, waiting.report, waiting.changes])
    assert "Agent" not in kept
    assert "SER0001" not in kept
    # The samples of the columns go with the file.
    assert "Agent" in repr(waiting.layout)
    confirm_import(waiting=waiting, actor=referent, now=PARIS_NOON)
    assert "Agent" not in repr(InventoryImport.objects.values().get())


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("parc.csv", b"", "Ce fichier est vide"),
        ("parc.csv", b"Type;Num\x00\x01\x02", "ni un tableur ni un texte"),
        ("parc.csv", b"Type;Serial number\n", "Aucun tableau"),
        ("parc.csv", b'Type;Serial number\nPortable;A1234\n"Portable;A1235\nPortable;A1236\n', "Ligne 3"),
        ("parc.csv", b";".join([b"x"] * 10_000) + b"\n1;2\n", "200 colonnes"),
        ("parc.csv", b"%PDF-1.7", "PDF"),
        ("parc.csv", b"Type;Serial number\n;\n;\n", "Aucun"),
        ("parc.xlsx", b"<html><table><tr><td>Type</td></tr></table></html>", "est une page web, malgré son nom"),
        ("parc.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "ancien format xls"),
        ("parc.exe", b"MZ\x00", "pas un tableur"),
        ("parc.xlsx", b"PK\x03\x04" + b"\x00" * 40, "abîmé"),
    ],
)
def test_refused_files_say_what_to_do_and_leave_nothing(lot, referent_client, name, data, message):
    answer = post(referent_client, lot, data, name)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not InventoryImport.objects.exists()
    assert not ImportFile.objects.exists()
    assert line(lot).quantity is None


def test_a_truncated_spreadsheet_is_refused(lot, referent_client):
    data = upload(book(*GLPI))["file"].read()
    answer = post(referent_client, lot, data[: len(data) // 2], "parc.xlsx")
    assert answer.status_code == 422


def test_too_many_rows(lot, referent_client, monkeypatch):
    monkeypatch.setitem(__import__("common.spreadsheets.long_tables", fromlist=["LIMITS"]).LIMITS, "rows", 5)
    answer = post(referent_client, lot, as_csv(GLPI))
    assert answer.status_code == 422
    assert "dépasse 200\u202f000 lignes" in answer.content.decode()


def test_a_large_file_is_read_by_the_worker_and_the_page_follows(
    lot, referent_client, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    monkeypatch.setattr("inventory.devices.services.READ_AT_ONCE_BYTES", 10)
    monkeypatch.setattr("inventory.devices.services.enqueue_reading", asked.append)
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(referent_client, lot, as_csv(GLPI))
    waiting = InventoryImport.objects.get()
    assert asked == [waiting.pk]
    page = referent_client.get(answer["Location"])
    for text in ("La lecture va commencer", "Actualiser", "Lire tout de suite", "data-progress"):
        assert text in page.content.decode()
    assert referent_client.get(answer["Location"], headers={"X-Progress": "1"}).json() == {
        "percent": 0,
        "is_read": False,
    }
    read_table(waiting.pk)
    assert referent_client.get(answer["Location"], headers={"X-Progress": "1"}).json()["is_read"]
    assert "9" in referent_client.get(answer["Location"]).content.decode()


def test_reading_at_once_when_the_worker_is_late(lot, referent, referent_client):
    waiting = receive_table(inventory=lot, file_name="a.csv", data=as_csv(GLPI), actor=referent, now=PARIS_NOON)
    referent_client.post(url("import_confirm", lot, waiting.pk), {"read": "1"})
    waiting.refresh_from_db()
    assert waiting.state == "pending"


def test_a_large_file_that_is_refused_says_why(lot, referent, referent_client):
    waiting = receive_table(inventory=lot, file_name="a.csv", data=b"Type\n", actor=referent, now=PARIS_NOON)
    read_table(waiting.pk)
    page = referent_client.get(url("import_detail", lot, waiting.pk)).content.decode()
    assert "Aucun tableau n’est reconnu" in page
    assert not ImportFile.objects.exists()


def test_our_own_mistake_is_not_said_to_be_the_file(lot, referent, monkeypatch, caplog):
    monkeypatch.setattr("inventory.devices.services.find_layout", lambda *_args: 1 / 0)
    waiting = receive_table(inventory=lot, file_name="a.csv", data=as_csv(GLPI), actor=referent, now=PARIS_NOON)
    read_table(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "failed"
    assert "le fichier n’y est pour rien" in waiting.error
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    caplog.clear()


def test_two_workers_read_a_file_once(lot, referent):
    waiting = read(lot, referent)
    InventoryImport.objects.filter(pk=waiting.pk).update(report={})
    read_table(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.report == {}


def test_files_go_after_a_day_and_with_the_decision(lot, referent):
    waiting = read(lot, referent)
    assert ImportFile.objects.count() == 1
    confirm_import(waiting=waiting, actor=referent, now=PARIS_NOON)
    assert not ImportFile.objects.exists()
    lot.refresh_from_db()
    read(lot, referent)
    assert drop_old_imports(PARIS_NOON + timedelta(days=2)) == 1
    assert not ImportFile.objects.exists()
    # What was confirmed stays, to be undone.
    assert InventoryImport.objects.get().state == "applied"


# Columns --------------------------------------------------------------------------------------------------------------


def test_columns_are_asked_then_remembered(lot, referent_client):
    answer = post(referent_client, lot, as_csv(OWN), follow=True)
    waiting = InventoryImport.objects.get()
    assert waiting.state == "columns"
    address = url("import_columns", lot, waiting.pk)
    assert referent_client.get(answer["Location"])["Location"] == address
    page = referent_client.get(address).content.decode()
    for text in ("Matériel", "Portable · Bidule", "12 · 3", "2022 · 2021", "a · b"):
        assert text in page
    answer = referent_client.post(
        address, {"column-1": "type", "column-2": "quantity", "column-3": "purchased_on", "column-4": ""}
    )
    waiting.refresh_from_db()
    assert waiting.state == "pending"
    assert waiting.changes["lines"]["laptop"]["quantity"] == 12
    assert waiting.changes["purchases"] == {"laptop": {"2022": 12}}
    # The same headers again, in another case: nothing is asked.
    post(referent_client, lot, as_csv([["MATERIEL", "qté", "année", "remarque"], ["Portable", 7, 2022, "a"]]))
    assert InventoryImport.objects.get().changes["lines"]["laptop"]["quantity"] == 7
    assert ColumnMemory.objects.count() == 1


def test_memory_is_that_of_one_authority(lot, referent, referent_client):
    waiting = read(lot, referent, as_csv(OWN))
    referent_client.post(url("import_columns", lot, waiting.pk), {"column-1": "type", "column-2": "quantity"})
    other = make_inventory(factories.make_authority("Ailleurs").initiatives.get())
    assert read(other, referent, as_csv(OWN)).state == "columns"


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"column-1": "type", "column-2": "type"}, "Déjà choisi pour la colonne"),
        ({"column-2": "quantity"}, "Indiquez la colonne du type"),
        ({"column-1": "nothing"}, "Choisissez"),
    ],
)
def test_columns_that_cannot_be(lot, referent, referent_client, sent, message):
    waiting = read(lot, referent, as_csv(OWN))
    answer = referent_client.post(url("import_columns", lot, waiting.pk), sent)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == "columns"


def test_columns_may_be_asked_whatever_the_file(lot, referent_client):
    post(referent_client, lot, as_csv(GLPI), asks_columns="on")
    assert InventoryImport.objects.get().state == "columns"


def test_many_columns_are_shown_by_pages_that_keep_what_was_chosen(lot, referent, referent_client):
    rows = [[f"C{rank}" for rank in range(30)], ["Portable", *range(29)]]
    waiting = read(lot, referent, as_csv(rows))
    address = url("import_columns", lot, waiting.pk)
    answer = referent_client.post(address, {"column-1": "type", "following": "2"})
    assert answer["Location"] == f"{address}?page=2"
    page = referent_client.get(answer["Location"]).content.decode()
    assert "C13" in page
    referent_client.post(answer["Location"], {"column-15": "quantity"})
    waiting.refresh_from_db()
    assert waiting.changes["lines"]["laptop"]["quantity"] == 13


# Families -------------------------------------------------------------------------------------------------------------


def names_of(page: str) -> list[str]:
    return [piece.split('"')[0] for piece in page.split('name="')[1:] if piece.startswith("family-")]


def test_one_answer_classifies_every_model_of_a_type_now_and_later(lot, referent, referent_client):
    waiting = read(lot, referent)
    address = url("import_families", lot, waiting.pk)
    page = referent_client.get(address).content.decode()
    assert "2 équipements à classer" in page
    assert "Appareil métier, tous les modèles" in page
    whole, first, second = names_of(page)
    answer = referent_client.post(address, {whole: "tablette", first: "", second: ""})
    assert answer["Location"] == url("import_detail", lot, waiting.pk)
    waiting.refresh_from_db()
    assert waiting.changes["lines"]["tablet"]["quantity"] == 2
    assert waiting.report["table"]["unknown"] == {"devices": 0, "groups": 0}
    assert DeviceChoice.objects.get().model_key == ""
    # The next file knows.
    assert read(lot, referent).changes["lines"]["tablet"]["quantity"] == 2


def test_a_choice_is_corrected_put_out_and_forgotten(lot, referent, referent_client):
    waiting = read(lot, referent)
    address = url("import_families", lot, waiting.pk) + "?vue=classees"
    names = names_of(referent_client.get(address).content.decode())
    sent = dict.fromkeys(names, "")
    # An emptied box changes nothing when a rule had spoken; « hors périmètre » does.
    sent[names[0]] = "Hors périmètre"
    referent_client.post(address, sent)
    assert DeviceChoice.objects.get().category is None
    waiting.refresh_from_db()
    before = waiting.report["table"]["out"]["devices"]
    referent_client.post(address, {names[0]: ""})
    assert not DeviceChoice.objects.exists()
    waiting.refresh_from_db()
    assert waiting.report["table"]["out"]["devices"] < before


def test_unknown_family_is_said(lot, referent, referent_client):
    waiting = read(lot, referent)
    address = url("import_families", lot, waiting.pk)
    name = names_of(referent_client.get(address).content.decode())[0]
    answer = referent_client.post(address, {name: "Machines à café"})
    assert answer.status_code == 422
    assert "Famille inconnue" in answer.content.decode()
    assert "Machines à café" in answer.content.decode()


# Confirmation, then back ---------------------------------------------------------------------------------------------


def test_nothing_is_written_before_the_confirmation_then_everything(lot, referent, referent_client):
    post(referent_client, lot, as_csv(GLPI))
    waiting = InventoryImport.objects.get()
    page = referent_client.get(url("import_detail", lot, waiting.pk)).content.decode()
    for text in ("Ce que le fichier contient", "À classer", "Achats par année", "rien n’est encore écrit"):
        assert text in page
    assert line(lot).quantity is None
    referent_client.post(url("import_confirm", lot, waiting.pk))
    lot.refresh_from_db()
    laptop = line(lot)
    assert (laptop.quantity, laptop.mean_age_years, laptop.confidence) == (2, Decimal("3.5"), "measured")
    assert lot.purchases["monitor_24"] == {"2020": 1}


def test_a_lot_that_changed_since_is_compared_again_without_the_file(lot, referent, referent_client):
    waiting = read(lot, referent)
    fill(lot, laptop={"quantity": 4})
    address = url("import_detail", lot, waiting.pk)
    answer = referent_client.post(url("import_confirm", lot, waiting.pk))
    assert answer.status_code == 409
    assert "Comparer de nouveau, sans redéposer" in answer.content.decode()
    assert line(lot).quantity == 4
    referent_client.post(url("import_confirm", lot, waiting.pk), {"refresh": "1"})
    page = referent_client.get(address)
    assert page.status_code == 200
    assert "En service&nbsp;: 4 → 2" in page.content.decode()


def confirmed(lot, referent) -> InventoryImport:
    waiting = read(lot, referent)
    confirm_import(waiting=waiting, actor=referent, now=PARIS_NOON, is_agreed=True)
    lot.refresh_from_db()
    return InventoryImport.objects.select_related("inventory__initiative__authority").get(pk=waiting.pk)


def state(lot) -> dict:
    names = ("quantity", "stock_quantity", "mean_age_years", "observed_lifetime_years", "confidence", "source")
    return {
        item.category.code: [getattr(item, name) for name in names] for item in lot.lines.select_related("category")
    }


def test_undo_puts_everything_back(lot, referent, referent_client):
    fill(lot, laptop={"quantity": 100, "mean_age_years": 4.5, "source": "console", "confidence": "estimated"})
    lot.lines.filter(category__code="monitor_24").delete()
    before = state(lot)
    applied = confirmed(lot, referent)
    assert state(lot) != before
    page = referent_client.get(url("inventory_import", lot)).content.decode()
    assert "Annuler cet import" in page
    assert "Annuler cet import&nbsp;?" in referent_client.get(url("import_undo", lot, applied.pk)).content.decode()
    referent_client.post(url("import_undo", lot, applied.pk))
    lot.refresh_from_db()
    assert state(lot) == before
    assert lot.purchases == {}
    assert Event.objects.filter(verb__startswith="a annulé un import").count() == 1
    # Once only.
    assert referent_client.get(url("import_undo", lot, applied.pk)).status_code == 302


@pytest.mark.parametrize(("choice", "laptops"), [("untouched", 50), ("all", 100)])
def test_undo_asks_about_what_changed_since(lot, referent, referent_client, choice, laptops):
    fill(lot, laptop={"quantity": 100}, desktop={"quantity": 7})
    applied = confirmed(lot, referent)
    fill(lot, laptop={"quantity": 50})
    address = url("import_undo", lot, applied.pk)
    assert "Ordinateurs portables" in referent_client.get(address).content.decode()
    answer = referent_client.post(address)
    assert answer.status_code == 409
    assert line(lot).quantity == 50
    referent_client.post(address, {"choice": choice})
    assert line(lot).quantity == laptops
    assert line(lot, "monitor_24").quantity is None
    assert line(lot, "desktop").quantity == 7


def test_undo_of_our_own_spreadsheet(example_lot, referent):
    changes = {"lines": {"laptop": {"quantity": 12}}, "figures": {"agents_equipped": {"value": "300"}}}
    waiting = prepare_import(
        inventory=example_lot, file_name="a.xlsx", changes=changes, report={}, actor=referent, now=PARIS_NOON
    )
    confirm_import(waiting=waiting, actor=referent, now=PARIS_NOON, is_agreed=True)
    waiting.refresh_from_db()
    assert undo_import(applied=waiting, choice=None, actor=referent, now=PARIS_NOON) == 2
    assert line(example_lot).quantity == 100
    assert example_lot.figures.get(kind__code="agents_equipped").value is None


def test_undo_needs_a_choice(lot, referent):
    applied = confirmed(lot, referent)
    fill(lot, laptop={"quantity": 50})
    with pytest.raises(ChangedSinceError) as caught:
        undo_import(applied=applied, choice=None, actor=referent, now=PARIS_NOON)
    assert caught.value.items == {"lines:laptop": "Ordinateurs portables"}
    assert undo_import(applied=applied, choice=UndoChoice.UNTOUCHED, actor=referent, now=PARIS_NOON) == 1


def test_only_the_last_imports_can_be_undone_and_none_once_frozen(lot, referent):
    for rank in range(7):
        waiting = prepare_import(
            inventory=lot,
            file_name=f"{rank}.xlsx",
            changes={"lines": {"laptop": {"quantity": rank}}},
            report={},
            actor=referent,
            now=PARIS_NOON,
        )
        confirm_import(waiting=waiting, actor=referent, now=PARIS_NOON + timedelta(minutes=rank))
        lot.refresh_from_db()
    assert list(lot.imports.order_by("pk").values_list("file_name", flat=True)) == [f"{n}.xlsx" for n in range(2, 7)]
    freeze_inventory(
        inventory=lot, dated_on=date(2026, 3, 1), expected_version=lot.version, actor=referent, now=PARIS_NOON
    )
    assert not lot.imports.exists()


def test_a_copied_lot_keeps_the_years_of_purchase(lot, referent):
    confirmed(lot, referent)
    freeze_inventory(
        inventory=lot, dated_on=date(2026, 3, 1), expected_version=lot.version, actor=referent, now=PARIS_NOON
    )
    copy = make_inventory(lot.initiative, copied_from=lot)
    assert copy.purchases == lot.purchases != {}


# Gates ----------------------------------------------------------------------------------------------------------------


def test_the_whole_way_by_a_personal_link(lot, initiative):
    contributor = factories.make_participant(initiative, roles=("contributor",))
    client = factories.participant_client(contributor)

    def address(name: str, *args) -> str:
        return reverse(f"inventory:participant_{name}", args=[contributor.pk, lot.pk, *args])

    answer = client.post(address("inventory_import"), {"file": SimpleUploadedFile("glpi.csv", as_csv(GLPI))})
    waiting = InventoryImport.objects.get()
    assert answer["Location"] == address("import_detail", waiting.pk)
    for name in ("import_detail", "import_families", "import_columns"):
        assert client.get(address(name, waiting.pk)).status_code == 200
    client.post(address("import_confirm", waiting.pk))
    assert line(lot).quantity == 2
    assert "Annuler cet import" in client.get(address("inventory_import")).content.decode()
    client.post(address("import_undo", waiting.pk))
    assert line(lot).quantity is None

"""The archive of an authority: complete, secret where it must be, and read back identically."""

import csv
import io
import json
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from jsonschema import Draft202012Validator

from authorities.models import Authority, Participant
from diagnostics.models import Evidence, Rating
from inventory.models import EquipmentCategory, InventoryLine, MachineHosting
from levers.models import Lever, LeverCatalogue, ShortlistedLever, Vote
from roadmap.archive import ArchiveError, build_archive, restore_archive
from roadmap.archive.schema import build_schema
from roadmap.archive.tables import LEFT_OUT, NATURAL_KEYS, TABLES
from roadmap.models import ActionSheet, CouncilResolution, RoadmapVersion

SITE_APPS = ("accounts", "reference", "authorities", "inventory", "diagnostics", "levers", "roadmap")
# Not of an authority: what an authority names in these is found again by its natural key, or not named at all.
NATIONAL_APPS = {"reference"}
NATIONAL_MODELS = {
    "inventory.CategoryGroup", "inventory.CategoryParameter", "inventory.ImpactFactor", "inventory.ElectricityMix",
    "diagnostics.Level", "diagnostics.ConsistencyCheck",
}  # fmt: skip


@pytest.fixture(autouse=True)
def media_folder(demonstrated, db, settings, tmp_path):
    """The documents of the demonstration, copied: what a test writes or erases is its own."""
    folder = tmp_path / "documents"
    for model in (RoadmapVersion, CouncilResolution):
        for name in model.objects.values_list("pdf", flat=True):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(settings.MEDIA_ROOT) / name, folder / name)
    settings.MEDIA_ROOT = folder
    return folder


def archive_of(name: str, now=None) -> bytes:
    return build_archive(authority=Authority.objects.get(name=name), now=now or timezone.now())


def data_of(content: bytes) -> dict:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return json.loads(archive.read("archive.json"))


def rewritten(content: bytes, change=None, **entries: bytes | None) -> io.BytesIO:
    """Return the archive with its data changed, and with other entries (None takes one away)."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            body = source.read(name)
            if name == "archive.json" and change is not None:
                data = json.loads(body)
                change(data)
                body = json.dumps(data).encode()
            body = entries.get(name, body)
            if body is not None:
                copy.writestr(name, body)
    target.seek(0)
    return target


def erase(authority: Authority) -> None:
    for model, lookup in ((RoadmapVersion, "roadmap"), (CouncilResolution, "version__roadmap")):
        for row in model.objects.filter(**{f"{lookup}__initiative__authority": authority}):
            row.pdf.storage.delete(row.pdf.name)
    authority.delete()


def test_every_model_is_archived_or_left_out_with_its_reason():
    archived = {table.model._meta.label for table in TABLES}
    known = archived | set(LEFT_OUT) | {model._meta.label for model in NATURAL_KEYS} | NATIONAL_MODELS
    models = {
        model._meta.label
        for name in SITE_APPS
        if name not in NATIONAL_APPS
        for model in apps.get_app_config(name).get_models()
    }
    assert models - known == set()
    assert (set(LEFT_OUT) | archived) - models == set(), "a model that no longer exists"


def test_tables_stand_after_those_they_name():
    seen = set()
    for table in TABLES:
        inner = {field.related_model for field in table.columns} & {other.model for other in TABLES}
        assert inner <= seen, table.name
        seen.add(table.model)


def test_published_schema_is_the_one_of_the_models():
    published = json.loads((Path(settings.BASE_DIR) / "docs" / "archive.schema.json").read_text())
    assert published == build_schema(), "run: manage.py archive_schema > docs/archive.schema.json"


@pytest.mark.parametrize("name", ["Thonon Agglomération", "Saumur Val de Loire"])
def test_export_import_export_gives_the_same_bytes_but_for_the_date(name, demonstrated, db):
    first_at = timezone.now()
    first = archive_of(name, first_at)
    erase(Authority.objects.get(name=name))
    restored = restore_archive(io.BytesIO(first))
    later = first_at + timedelta(minutes=1)
    second = build_archive(authority=restored, now=later)
    assert data_of(second) == data_of(first) | {"exported_at": data_of(second)["exported_at"]}
    assert build_archive(authority=restored, now=first_at) == first


def test_hosts_of_virtual_machines_come_back(demonstrated, db):
    line = InventoryLine.objects.filter(
        inventory__initiative__authority__name="Thonon Agglomération", category__code="cloud_vm_medium"
    ).first()
    numbers = {"machine_count": 10, "host_count": 4, "total": 40}
    host = EquipmentCategory.objects.get(code="server_rack")
    MachineHosting.objects.create(line=line, place="shared", host_category=host, **numbers)
    content = archive_of("Thonon Agglomération")
    erase(Authority.objects.get(name="Thonon Agglomération"))
    restore_archive(io.BytesIO(content))
    found = MachineHosting.objects.get()
    assert {name: getattr(found, name) for name in numbers} == numbers
    assert (found.host_category, found.line.category.code, found.place) == (host, "cloud_vm_medium", "shared")


def test_a_local_lever_travels_with_its_votes_and_enters_no_catalogue(demonstrated, db):
    saumur = Authority.objects.get(name="Saumur Val de Loire")
    former = Lever.objects.for_authority(saumur).get()
    published = Lever.objects.filter(authority=None).count()
    content = archive_of(saumur.name)

    def put_in_the_catalogue(data: dict) -> None:
        data["tables"]["lever"][0] |= {"authority": None, "catalogue": LeverCatalogue.objects.first().code}

    def name_the_lever_of_nobody(data: dict) -> None:
        data["tables"]["shortlistedlever"][0]["lever"] = "None/LOC-1"

    erase(saumur)
    assert not Lever.objects.exclude(authority=None).exists()
    with pytest.raises(ArchiveError, match="ne suit pas le format"):
        restore_archive(rewritten(content, put_in_the_catalogue))
    with pytest.raises(ArchiveError, match="se contredit"):
        restore_archive(rewritten(content, name_the_lever_of_nobody))
    lever = Lever.objects.for_authority(restore_archive(io.BytesIO(content))).get()
    assert (lever.code, lever.title, lever.steps) == (former.code, former.title, former.steps)
    assert ShortlistedLever.objects.filter(lever=lever).count() == 1
    assert Lever.objects.filter(authority=None).count() == published


def test_archive_follows_its_schema_and_holds_the_documents():
    content = archive_of("Thonon Agglomération")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        schema = json.loads(archive.read("archive.schema.json"))
        sheets = next(name for name in names if name.endswith("-actionsheet.csv"))
        rows = list(csv.reader(io.StringIO(archive.read(sheets).decode("utf-8-sig")), delimiter=";"))
    data = data_of(content)
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(data)) == []
    assert len(data["tables"]["actionsheet"]) == 17
    assert len(rows) == 18
    assert set(data["documents"]) == {name for name in names if name.startswith("documents/")}
    assert len(data["documents"]) == 2, "the frozen version and the adopted one"
    assert data["left_out"] == []


def test_secret_answers_stay_out_until_the_closing():
    saumur = Authority.objects.get(name="Saumur Val de Loire")
    assert Rating.objects.filter(diagnosis__initiative__authority=saumur).exists()
    assert Vote.objects.filter(ballot__initiative__authority=saumur).exists()
    now = timezone.now()
    data = data_of(archive_of(saumur.name, now))
    open_rounds = [
        item for item in data["tables"]["diagnosis"] if item["closes_at"] and item["closes_at"] > now.isoformat()
    ]
    assert open_rounds
    assert data["left_out"] == ["rating", "evidence", "vote"]
    assert data["tables"]["vote"] == []
    assert {row["diagnosis"] for row in data["tables"]["rating"]}.isdisjoint(row["id"] for row in open_rounds)
    later = data_of(archive_of(saumur.name, now + timedelta(days=60)))
    assert later["left_out"] == []
    assert len(later["tables"]["vote"]) == Vote.objects.filter(ballot__initiative__authority=saumur).count()


def test_evidence_travels_with_its_file_and_stays_out_until_the_closing():
    thonon, saumur = (Authority.objects.get(name=name) for name in ("Thonon Agglomération", "Saumur Val de Loire"))
    for authority in (thonon, saumur):
        rating = Rating.objects.filter(diagnosis__initiative__authority=authority).order_by("-diagnosis").first()
        Evidence.objects.create(
            diagnosis=rating.diagnosis, rating=rating, label="Marché", added_at=timezone.now(),
            file=ContentFile(b"Un texte.", name="marche.txt"), file_name="marche.txt", size_bytes=9,
        )  # fmt: skip
    kept = Evidence.objects.get(diagnosis__initiative__authority=thonon)
    first_at, former_name = timezone.now(), kept.file.name
    first = archive_of(thonon.name, first_at)
    assert f"documents/{former_name}" in data_of(first)["documents"]
    kept.file.delete(save=False)
    erase(thonon)
    restored = restore_archive(io.BytesIO(first))
    back = Evidence.objects.get(diagnosis__initiative__authority=restored)
    with back.file.open() as stream:
        content = stream.read()
    assert (back.file.name, content, back.rating.participant.initiative.authority) == (
        former_name, b"Un texte.", restored,
    )  # fmt: skip
    assert build_archive(authority=restored, now=first_at) == first
    hidden = data_of(archive_of(saumur.name, first_at))
    assert hidden["tables"]["evidence"] == []
    assert not [name for name in hidden["documents"] if "pieces/" in name]


def test_archive_holds_nothing_of_another_authority():
    content = json.dumps(data_of(archive_of("Thonon Agglomération")), ensure_ascii=False)
    assert "saumur" not in content.lower()


def test_archive_holds_values_before_and_after_and_no_secret_one():
    events = data_of(archive_of("Thonon Agglomération"))["tables"]["event"]
    kinds = {event["kind"] for event in events if event["changes"]}
    assert kinds >= {"sheet", "decision"}
    assert kinds <= {"sheet", "decision", "level", "diagnosis", "roadmap"}, "nor a vote nor a rating"


def test_archive_neutralises_formulas_in_tables_alone():
    person = Participant.objects.filter(initiative__authority__name="Thonon Agglomération").first()
    Participant.objects.filter(pk=person.pk).update(name="=HYPERLINK(1)")
    content = archive_of("Thonon Agglomération")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("tableaux/05-participant.csv").decode("utf-8-sig")
    assert ";'=HYPERLINK(1);" in text
    assert any(row["name"] == "=HYPERLINK(1)" for row in data_of(content)["tables"]["participant"])


def test_archive_asks_the_base_a_number_of_times_that_rows_do_not_change():
    thonon = Authority.objects.get(name="Thonon Agglomération")
    with CaptureQueriesContext(
        connection,
    ) as before:
        build_archive(authority=thonon, now=timezone.now())
    sheet = ActionSheet.objects.filter(roadmap__initiative__authority=thonon).first()
    for position in range(10):
        sheet.steps.create(position=90 + position, text="Une étape de plus")
    with CaptureQueriesContext(connection) as after:
        build_archive(authority=thonon, now=timezone.now())
    assert len(after) == len(before)


# Refusals ------------------------------------------------------------------------------------------------------------
def _rename(data):
    data["tables"]["authority"][0]["slug"] = "Pas Une Adresse"


def _cut_key(data):
    del data["tables"]["participant"][0]["service"]


def _unknown_service(data):
    data["tables"]["participant"][0]["service"] = "service-inconnu"


def _foreign_rank(data):
    data["tables"]["vote"][0]["participant"] = 9_999


def _two_votes(data):
    data["tables"]["vote"].append(data["tables"]["vote"][0] | {"id": 100_000})


def _other_words(data):
    data["reference"]["questionnaire"] = dict.fromkeys(data["reference"]["questionnaire"], "0" * 64)


def _missing_words(data):
    data["reference"]["levercatalogue"] = {"catalogue-de-demain": "0" * 64}


def _climb(data):
    path = data["tables"]["roadmapversion"][0]["pdf"]
    data["tables"]["roadmapversion"][0]["pdf"] = "documents/../../ailleurs.pdf"
    data["documents"]["documents/../../ailleurs.pdf"] = data["documents"].pop(path)


def _other_digest(data):
    data["documents"] = dict.fromkeys(data["documents"], "0" * 64)


def _loose_change(data):
    data["tables"]["event"][0]["changes"] = [{"field": "title", "after": 5}]


def _future(data):
    data["format_version"] = 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_rename, "L’archive se contredit"),
        (_cut_key, "ne suit pas le format attendu, à l’endroit « $.tables.participant[0] »"),
        (_unknown_service, "L’archive se contredit"),
        (_foreign_rank, "L’archive se contredit"),
        (_two_votes, "L’archive se contredit"),
        (_other_words, "n’est pas le même ici"),
        (_missing_words, "Il manque ici"),
        (_climb, "n’est pas une archive de Jalons, ou il est abîmé"),
        (_other_digest, "a été modifié depuis l’archive"),
        (_loose_change, "à l’endroit « $.tables.event[0].changes[0]"),
        (_future, "à l’endroit « $.format_version »"),
    ],
)
def test_altered_archive_is_refused_and_nothing_is_written(change, sentence):
    content = archive_of("Thonon Agglomération")
    erase(Authority.objects.get(name="Thonon Agglomération"))
    people, files = Participant.objects.count(), stored_files()
    with pytest.raises(ArchiveError) as refusal:
        restore_archive(rewritten(content, change))
    assert sentence in refusal.value.message
    assert (Participant.objects.count(), stored_files()) == (people, files)
    assert not Authority.objects.filter(name="Thonon Agglomération").exists()


def stored_files() -> set[str]:
    return {str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def test_archive_of_an_authority_that_is_here_is_refused():
    with pytest.raises(ArchiveError, match="a déjà un espace ici"):
        restore_archive(io.BytesIO(archive_of("Thonon Agglomération")))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", b"%PDF-1.7", zipfile.ZipFile])
def test_file_that_is_no_archive_is_refused(content):
    if content is zipfile.ZipFile:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("archive.json", "[" * 100_000)
        content = target.getvalue()
    with pytest.raises(ArchiveError):
        restore_archive(io.BytesIO(content))


def test_commands_write_and_read_an_archive(tmp_path, capsys):
    path = tmp_path / "thonon.zip"
    call_command("export_archive", "thonon-agglomeration", "--to", str(path))
    before = data_of(path.read_bytes())
    erase(Authority.objects.get(slug="thonon-agglomeration"))
    call_command("import_archive", str(path))
    assert data_of(archive_of("Thonon Agglomération"))["tables"] == before["tables"]
    assert "Thonon Agglomération" in capsys.readouterr().out


def test_reference_of_the_archive_names_the_versions_used():
    reference = data_of(archive_of("Thonon Agglomération"))["reference"]
    catalogue = LeverCatalogue.objects.get()
    assert reference["levercatalogue"] == {catalogue.code: catalogue.content_hash}
    assert set(reference) == {"factorset", "questionnaire", "levercatalogue"}

"""The national administration edits the reference content on the site and publishes it as a new version."""

import logging
from datetime import date

import pytest
import yaml
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

import reference.loader
from common.errors import DomainError
from common.versioning import StaleVersionError
from diagnostics.models import AgreedLevel, Diagnosis, Question, Questionnaire
from inventory.loader import FACTORS_FILE, MIX_FILE, RULES_FILE
from inventory.models import FactorSet
from levers.models import Lever, LeverCatalogue
from levers.selectors.catalogue import ranked_catalogue
from reference.fixtures import FixtureError
from roadmap.enums import EntryKind, ReferenceKind
from roadmap.models import DraftEntry, ReferenceDraft
from roadmap.reference_content import write_yaml
from roadmap.selectors.reference_changes import draft_changes
from roadmap.selectors.references import draft_errors, fingerprint, whole_content
from roadmap.services import references
from tests import factories
from tests.factories_authorities import client_of
from tests.factories_diagnostics import CLOSING, OPENING

FIXTURES = settings.BASE_DIR / "fixtures"
TODAY = date(2027, 3, 1)
QUESTIONNAIRE, CATALOGUE = ReferenceKind.QUESTIONNAIRE, ReferenceKind.CATALOGUE


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The files of the site, without the national list, loaded once for this module."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference.loader, "_load_territories", lambda folder, report: None)
        call_command("load_reference", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def staff(loaded, db):
    return factories.make_user("national@exemple.fr", is_staff=True)


@pytest.fixture
def staff_client(staff) -> Client:
    return client_of(staff)


def prepare(staff, kind=QUESTIONNAIRE, code="version-2") -> ReferenceDraft:
    base = "proposition-1" if kind == QUESTIONNAIRE else "catalogue-1"
    return references.prepare_version(
        kind=kind, base_code=base, code=code, title="Deuxième version", actor=staff, today=TODAY
    )


def publish(draft: ReferenceDraft, staff) -> None:
    references.publish_draft(draft=draft, expected=fingerprint(draft), actor=staff)


def entry_of(draft: ReferenceDraft, code: str) -> DraftEntry:
    return draft.entries.get(code=code)


def edit(draft: ReferenceDraft, code: str, **content) -> DraftEntry:
    entry = entry_of(draft, code)
    return references.save_draft_entry(entry=entry, expected_version=entry.version, content=content)


def url(name: str, *arguments) -> str:
    return reverse(f"roadmap:{name}", args=arguments)


# Drafts ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [QUESTIONNAIRE, CATALOGUE])
def test_a_draft_that_nobody_touched_is_its_base_under_another_code(kind, staff):
    draft = prepare(staff, kind)
    source = (Questionnaire if kind == QUESTIONNAIRE else LeverCatalogue).objects.get().source
    content = whole_content(draft)
    identity = content if kind == QUESTIONNAIRE else content["catalogue"]
    assert (identity.pop("code"), identity.pop("title")) == ("version-2", "Deuxième version")
    former = dict(source) if kind == QUESTIONNAIRE else {**source, "catalogue": dict(source["catalogue"])}
    for name in ("code", "title", "published_on"):
        (former if kind == QUESTIONNAIRE else former["catalogue"]).pop(name, None)
        identity.pop(name, None)

    assert content == former
    assert [change.label for change in draft_changes(draft)] == ["L’en-tête de la version"]
    assert draft_errors(draft) == []


def test_a_published_draft_gives_the_same_rows_and_the_former_version_does_not_change(staff, initiative, caplog):
    first = Questionnaire.objects.get()
    Diagnosis.objects.create(initiative=initiative, number=1, questionnaire=first, track="standard")
    before = list(first.questions.values_list("code", "title", "text", "pk"))
    draft = prepare(staff)
    edit(draft, "GOV-1", title="Portage politique")

    with caplog.at_level(logging.INFO, logger="roadmap"):
        publish(draft, staff)

    second = Questionnaire.objects.get(is_current=True)
    assert (second.code, second.title) == ("version-2", "Deuxième version")
    assert list(first.questions.values_list("code", "title", "text", "pk")) == before
    assert second.questions.get(code="GOV-1").title == "Portage politique"
    assert list(second.questions.exclude(code="GOV-1").values_list("code", "title", "text")) == [
        row[:3] for row in before if row[0] != "GOV-1"
    ]
    assert not ReferenceDraft.objects.exists()
    assert f"reference questionnaire version-2 published by user {staff.pk}" in caplog.text


def test_nothing_is_published_while_an_entry_is_wrong(staff):
    draft = prepare(staff)
    edit(draft, "GOV-1", title="")
    edit(draft, "SEN-1", services=[])

    errors = draft_errors(draft)
    assert [(item.entry.code, item.field) for item in errors] == [("GOV-1", "title"), ("SEN-1", "services")]
    with pytest.raises(FixtureError):
        publish(draft, staff)
    assert Questionnaire.objects.count() == 1
    assert ReferenceDraft.objects.count() == 1


@pytest.mark.parametrize("code", ["proposition-1", "essai", "à revoir", "a/b", ""])
def test_a_code_that_is_taken_or_cannot_be_an_address_is_refused(code, staff):
    prepare(staff, code="essai")
    with pytest.raises(DomainError):
        prepare(staff, code=code)


def test_what_changed_since_the_page_was_shown_is_not_published(staff):
    draft = prepare(staff)
    shown = fingerprint(draft)
    edit(draft, "GOV-1", title="Autre")

    with pytest.raises(StaleVersionError):
        references.publish_draft(draft=draft, expected=shown, actor=staff)
    assert Questionnaire.objects.count() == 1


def test_two_people_on_two_entries_do_not_meet_and_on_one_entry_do(staff):
    draft = prepare(staff)
    mine, other = entry_of(draft, "GOV-1"), entry_of(draft, "GOV-2")
    theirs = entry_of(draft, "GOV-1")
    references.save_draft_entry(entry=mine, expected_version=1, content={"title": "Le premier"})
    references.save_draft_entry(entry=other, expected_version=1, content={"title": "À côté"})

    with pytest.raises(StaleVersionError):
        references.save_draft_entry(entry=theirs, expected_version=1, content={"title": "La seconde"})
    assert entry_of(draft, "GOV-1").title == "Le premier"


def test_a_removed_lever_is_named_by_no_other_and_the_catalogue_can_be_published(staff):
    draft = prepare(staff, CATALOGUE)
    named = LeverCatalogue.objects.get().exclusive_groups[0][0]

    touched = references.remove_draft_entry(entry=entry_of(draft, named))

    assert touched > 0
    draft.refresh_from_db()
    assert draft_errors(draft) == []
    publish(draft, staff)
    catalogue = LeverCatalogue.objects.get(is_current=True)
    assert catalogue.code == "version-2"
    assert catalogue.levers.count() == 80
    assert named not in str(catalogue.exclusive_groups)


def test_an_added_question_says_what_it_lacks_until_it_is_complete(staff):
    draft = prepare(staff)
    dimension = entry_of(draft, "ACH")
    entry = references.add_draft_entry(
        draft=draft, kind=EntryKind.QUESTION, code="ACH-9", content={"title": "Réemploi"}, parent=dimension
    )
    assert [item.entry for item in draft_errors(draft)] == [entry]
    question = {**entry_of(draft, "ACH-1").content, "title": "Réemploi"}
    references.save_draft_entry(entry=entry, expected_version=1, content=question)

    publish(draft, staff)

    added = Question.objects.get(code="ACH-9", questionnaire__code="version-2")
    assert (added.dimension.code, added.position) == ("ACH", dimension.children.count() or added.position)


def test_differences_tell_what_was_added_removed_and_changed(staff):
    draft = prepare(staff)
    edit(draft, "GOV-1", text="Qui porte la démarche, côté élus et côté agents ?")
    references.remove_draft_entry(entry=entry_of(draft, "GOV-2"))
    references.add_draft_entry(
        draft=draft, kind=EntryKind.QUESTION, code="GOV-9", content={"title": "Neuve"}, parent=entry_of(draft, "GOV")
    )

    changes = {item.label.split()[0]: item for item in draft_changes(draft) if item.kind}

    assert {code: item.state for code, item in changes.items()} == {
        "GOV-1": "changed",
        "GOV-2": "removed",
        "GOV-9": "added",
    }
    (field,) = changes["GOV-1"].fields
    assert field.label == "Question"
    assert [piece.text for piece in field.pieces if piece.kind == "removed"] == ["services"]
    assert [piece.text for piece in field.pieces if piece.kind == "added"] == ["agents"]


# Files ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [QUESTIONNAIRE, CATALOGUE])
def test_a_downloaded_draft_comes_back_the_same(kind, staff, staff_client):
    draft = prepare(staff, kind)
    before = whole_content(draft)
    response = staff_client.get(url("reference_export", draft.pk))
    assert response.headers["Content-Disposition"].startswith("attachment")

    page = {"fingerprint": fingerprint(draft), "file": SimpleUploadedFile("brouillon.yaml", response.content)}
    assert staff_client.post(url("reference_replace", draft.pk), page).status_code == 302

    draft.refresh_from_db()
    assert whole_content(draft) == before


def test_a_file_of_the_repository_is_published_as_the_command_would(staff, staff_client):
    draft = prepare(staff)
    content = yaml.safe_load((FIXTURES / "questionnaire.yaml").read_text()) | {"code": "du-fichier"}
    page = {
        "fingerprint": fingerprint(draft),
        "file": SimpleUploadedFile("questionnaire.yaml", yaml.safe_dump(content, allow_unicode=True).encode()),
    }
    staff_client.post(url("reference_replace", draft.pk), page)
    draft.refresh_from_db()
    assert draft.code == "du-fichier"
    publish(draft, staff)
    assert Questionnaire.objects.get(code="du-fichier").questions.count() == 36


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: [1", "ligne 2"),
        (b"a: &x 1\nb: *x", "ligne 2"),
        (b"[" * 50 + b"]" * 50, "niveaux"),
        (b"\xff\xfe", "UTF-8"),
        (b"- 1", "groupe de champs"),
        (b'a: "\\0"', "écrivez des textes"),
        (b"a: .nan", "écrivez des textes"),
        (b"code: x", "champ manquant"),
        (b"a: " + b"9" * 5_000, "YAML lisible"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing_and_says_why(content, message, staff, staff_client):
    draft = prepare(staff)
    before = fingerprint(draft)
    page = {"fingerprint": before, "file": SimpleUploadedFile("f.yaml", content)}

    response = staff_client.post(url("reference_replace", draft.pk), page)

    assert response.status_code == 422
    assert message in response.content.decode()
    draft.refresh_from_db()
    assert fingerprint(draft) == before


def test_all_the_errors_of_a_file_are_told_at_once(staff, staff_client):
    draft = prepare(staff)
    content = whole_content(draft)
    content["dimensions"][0]["questions"][0]["flash"] = "oui"
    content["dimensions"][1]["questions"][0]["levels"].pop("3")
    page = {"fingerprint": fingerprint(draft), "file": SimpleUploadedFile("f.yaml", write_yaml(content).encode())}

    text = staff_client.post(url("reference_replace", draft.pk), page).content.decode()

    assert "2 erreurs dans le fichier" in text
    assert "GOV-1" in text and "SEN-1" in text


def test_a_file_sent_after_somebody_wrote_is_refused(staff, staff_client):
    draft = prepare(staff)
    page = {
        "fingerprint": fingerprint(draft),
        "file": SimpleUploadedFile("f.yaml", write_yaml(whole_content(draft)).encode()),
    }
    edit(draft, "GOV-1", title="Entre-temps")

    assert staff_client.post(url("reference_replace", draft.pk), page).status_code == 409
    assert entry_of(draft, "GOV-1").title == "Entre-temps"


# Factors --------------------------------------------------------------------------------------------------------------


def factor_page(**changes) -> dict:
    files = {"factors": FACTORS_FILE, "mix": MIX_FILE, "rules": RULES_FILE}
    contents = {name: (FIXTURES / file).read_bytes() for name, file in files.items()}
    fields = {"code": "2027.03", "name": "Facteurs de mars 2027", "published_on": "2027-03-01", "zone": "FRA"}
    return {
        **fields,
        **{name: SimpleUploadedFile(files[name], changes.get(name, content)) for name, content in contents.items()},
        **{name: value for name, value in changes.items() if name not in files},
    }


def test_a_set_of_factors_is_shown_then_published(staff_client):
    factors = (FIXTURES / FACTORS_FILE).read_text().replace(",per unit,203,", ",per unit,204,", 1)
    response = staff_client.post(url("reference_upload"), factor_page(factors=factors.encode()))
    draft = ReferenceDraft.objects.get()
    assert response.url == url("reference_draft", draft.pk)
    assert FactorSet.objects.count() == 1
    shown = staff_client.get(response.url)
    assert "1 facteur modifié" in shown.content.decode()
    assert "203 (de 156,1 à 348) devient 204 (de 156,1 à 348)" in shown.content.decode()

    done = staff_client.post(url("reference_publish", draft.pk), {"fingerprint": fingerprint(draft)})

    assert done.status_code == 302
    current = FactorSet.objects.get(is_current=True)
    assert (current.version, current.factors.count()) == ("2027.03", FactorSet.objects.last().factors.count())
    assert current.factors.filter(value=204, category_code="desktop").exists()


def test_files_of_factors_that_are_wrong_are_told_line_by_line(staff_client):
    lines = (FIXTURES / FACTORS_FILE).read_text().split("\n")
    lines[1] = lines[1].replace(",203,", ",beaucoup,")
    lines[4] = lines[4].replace("ADPE", "CHALEUR")
    response = staff_client.post(url("reference_upload"), factor_page(factors="\n".join(lines).encode()))

    text = response.content.decode()
    assert response.status_code == 422
    assert "ligne 2" in text and "ligne 5" in text
    assert not ReferenceDraft.objects.exists()


def test_a_family_that_inventories_ask_for_cannot_lack(staff_client):
    lines = (FIXTURES / FACTORS_FILE).read_text().splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.startswith("laptop,"))
    rules = (FIXTURES / RULES_FILE).read_text().replace("  laptop:\n  - laptop\n", "  laptop: []\n")
    response = staff_client.post(url("reference_upload"), factor_page(factors=kept.encode(), rules=rules.encode()))
    assert response.status_code == 422
    assert "laptop" in response.content.decode()


# Pages ----------------------------------------------------------------------------------------------------------------


def test_the_whole_path_by_the_pages(staff_client):
    listed = staff_client.get(url("reference_list")).content.decode()
    assert "proposition-1" in listed and "pas encore utilisée" in listed
    prepared = staff_client.post(
        url("reference_prepare", "questionnaire", "proposition-1"), {"code": "v2", "title": "Version 2"}
    )
    draft = ReferenceDraft.objects.get()
    assert prepared.url == url("reference_draft", draft.pk)
    entry = entry_of(draft, "GOV-1")
    form = staff_client.get(url("reference_entry_update", draft.pk, entry.pk, "question")).context["form"]
    data = {name: value for name, value in form.initial.items() if value not in (None, False)}
    saved = staff_client.post(
        url("reference_entry_update", draft.pk, entry.pk, "question"), {**data, "title": "Portage politique"}
    )
    assert saved.status_code == 302
    before = Questionnaire.objects.get().source["dimensions"][0]["questions"][0]
    assert {"code": "GOV-1", **entry_of(draft, "GOV-1").content} == {**before, "title": "Portage politique"}
    assert "Modifiée" in staff_client.get(url("reference_draft", draft.pk), {"montrer": "changees"}).content.decode()
    page = staff_client.get(url("reference_publish", draft.pk))
    assert "Le catalogue de leviers est à publier aussi" in page.content.decode()
    done = staff_client.post(
        url("reference_publish", draft.pk), {"fingerprint": page.context["fingerprint"]}, follow=True
    )
    assert "La version v2 est publiée" in done.content.decode()
    assert Questionnaire.objects.get(is_current=True).code == "v2"

    staff_client.post(url("reference_propose", "questionnaire", "proposition-1"))
    assert Questionnaire.objects.get(is_current=True).code == "proposition-1"


@pytest.mark.parametrize("part", ["presentation", "classement", "mise-en-oeuvre", "etapes", "indicateurs", "effet"])
def test_a_part_of_a_lever_saved_as_it_is_changes_nothing(part, staff, staff_client):
    draft = prepare(staff, CATALOGUE)
    for code in ("LEV-EQP-01", "LEV-GOV-01"):
        entry = entry_of(draft, code)
        address = url("reference_entry_update", draft.pk, entry.pk, part)
        form = staff_client.get(address).context["form"]
        data = {name: value for name, value in form.initial.items() if value not in (None, False)}
        assert staff_client.post(address, data).status_code == 302
        assert entry_of(draft, code).content == entry.content


def test_a_wrong_answer_is_told_at_its_field(staff, staff_client):
    draft = prepare(staff)
    entry = entry_of(draft, "GOV-1")
    response = staff_client.post(
        url("reference_entry_update", draft.pk, entry.pk, "question"), {"title": "x" * 90, "version": 1}
    )
    assert response.status_code == 422
    assert response.context["form"].errors["title"] == ["Écrivez 80 caractères au plus\u202f; il y en a 90."]
    assert entry_of(draft, "GOV-1").content == entry.content


def test_publication_is_refused_with_links_to_what_is_wrong(staff, staff_client):
    draft = prepare(staff)
    entry = edit(draft, "GOV-1", services=[])
    response = staff_client.post(url("reference_publish", draft.pk), {"fingerprint": fingerprint(draft)})
    assert response.status_code == 422
    assert url("reference_entry_update", draft.pk, entry.pk, "rattachement") in response.content.decode()
    assert Questionnaire.objects.count() == 1


def test_an_abandoned_draft_goes_and_nothing_else(staff, staff_client):
    draft = prepare(staff)
    staff_client.post(url("reference_abandon", draft.pk))
    assert not ReferenceDraft.objects.exists()
    assert Questionnaire.objects.count() == 1


def test_other_accounts_do_not_see_these_pages(staff, referent):
    draft = prepare(staff)
    entry = entry_of(draft, "GOV-1")
    client = client_of(referent)
    addresses = [
        url("reference_list"),
        url("reference_upload"),
        url("reference_prepare", "questionnaire", "proposition-1"),
        url("reference_download", "questionnaire", "proposition-1"),
        url("reference_propose", "questionnaire", "proposition-1"),
        url("reference_entry_create", draft.pk, "question"),
        url("reference_entry", draft.pk, entry.pk),
        url("reference_entry_delete", draft.pk, entry.pk),
        url("reference_entry_update", draft.pk, entry.pk, "question"),
        *(
            url(f"reference_{name}", draft.pk)
            for name in ("draft", "update", "compare", "export", "replace", "publish", "abandon")
        ),
    ]
    for address in addresses:
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert Questionnaire.objects.get().code == "proposition-1"


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_whatever_their_length(count, staff, staff_client, django_assert_num_queries):
    for rank in range(count):
        draft = prepare(staff, code=f"version-{rank + 2}")
    with django_assert_num_queries(6):
        staff_client.get(url("reference_list"))
    with django_assert_num_queries(12):
        staff_client.get(url("reference_draft", draft.pk))


# What is under way ----------------------------------------------------------------------------------------------------


def test_levers_are_recommended_while_the_catalogue_is_linked_to_the_former_questionnaire(staff, initiative):
    draft = prepare(staff)
    edit(draft, "GOV-1", title="Portage politique")
    publish(draft, staff)
    second = Questionnaire.objects.get(is_current=True)
    diagnosis = Diagnosis.objects.create(
        initiative=initiative, number=1, questionnaire=second, track="standard", opened_at=OPENING, closes_at=CLOSING
    )
    question = second.questions.get(code="GOV-1")
    AgreedLevel.objects.create(diagnosis=diagnosis, question=question, level=0, decided_at=CLOSING)

    ranked = ranked_catalogue(initiative, on=TODAY)

    lever = Lever.objects.get(code="LEV-GOV-01")
    assert lever.dimension.framework == "proposition-1"
    reasons = ranked.item(lever.pk).reasons
    assert any("Portage politique" in reason.sentence for reason in reasons)

"""Import of a list of people: nothing is written before the confirmation, nobody is mailed, twice adds nobody twice."""

import io

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from authorities.committee_list import read_pasted
from authorities.models import CommitteeImport, Event, Participant
from authorities.services.committee_import import confirm_committee_import, prepare_committee_import
from common.versioning import StaleVersionError
from tests import factories
from tests.factories_authorities import client_of, make_dimension

pytestmark = pytest.mark.django_db

LIST = "Anne Le Gall ; Anne@exemple.fr ; DSI ; Directrice\nYann Pen ; yann@exemple.fr ; Pôle achats et marchés ; ; élu"


@pytest.fixture(autouse=True)
def services():
    for code, name, aliases in (
        ("dsi", "Direction des systèmes d’information", ["DSI"]),
        ("achats", "Commande publique et achats", ["achats"]),
        ("voirie", "Voirie et éclairage public", ["voirie"]),
    ):
        service = factories.make_service(code)
        service.name, service.aliases = name, aliases
        service.save()


def url(initiative, route, *arguments):
    return reverse(f"authorities:{route}", args=[initiative.authority.slug, *arguments])


def read(client, initiative, text=LIST, **extra):
    """Send a list and return what waits, with the answer of the preview."""
    response = client.post(url(initiative, "committee_import"), {"text": text, **extra})
    assert response.status_code == 302, response.content.decode()
    waiting = CommitteeImport.objects.get()
    return waiting, client.get(response["Location"])


def confirm(client, initiative, waiting, **values):
    values = values or {"version": waiting.version}
    return client.post(url(initiative, "committee_import_confirm", waiting.pk), values)


def names(initiative):
    return sorted(Participant.objects.for_initiative(initiative).values_list("name", flat=True))


def xlsx(rows, title="Comité"):
    workbook = Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(row)
    target = io.BytesIO()
    workbook.save(target)
    return SimpleUploadedFile("liste.xlsx", target.getvalue())


def test_nothing_is_written_nor_mailed_before_and_after_the_preview(initiative, referent_client, mailoutbox):
    waiting, preview = read(referent_client, initiative)
    assert names(initiative) == []
    assert "2 personnes à ajouter" in preview.content.decode()
    response = confirm(referent_client, initiative, waiting)
    assert response["Location"] == url(initiative, "participant_list")
    anne, yann = Participant.objects.for_initiative(initiative).order_by("name")
    assert (anne.email, anne.service.code, anne.function, anne.roles) == (
        "anne@exemple.fr", "dsi", "Directrice", ["committee"],
    )  # fmt: skip
    assert (yann.service.code, yann.roles, yann.invitation_count, yann.invited_at) == ("achats", ["elected"], 0, None)
    assert mail.outbox == [] == mailoutbox
    waiting.refresh_from_db()
    assert (waiting.state, waiting.lines) == ("applied", [])
    assert Event.objects.filter(verb="a importé une liste de personnes (2 personnes)").exists()


def test_confirming_twice_and_importing_twice_adds_nobody_twice(initiative, referent_client):
    waiting, _preview = read(referent_client, initiative)
    confirm(referent_client, initiative, waiting)
    again = confirm(referent_client, initiative, waiting)
    assert again["Location"] == url(initiative, "participant_list")
    waiting, preview = read(referent_client, initiative)
    assert "2 personnes sont déjà là" in preview.content.decode()
    assert confirm(referent_client, initiative, waiting).status_code == 409
    assert names(initiative) == ["Anne Le Gall", "Yann Pen"]


def test_somebody_added_in_between_is_left_alone(initiative, referent_client):
    waiting, _preview = read(referent_client, initiative)
    factories.make_participant(initiative, email="anne@exemple.fr", name="Anne déjà là")
    confirm(referent_client, initiative, waiting)
    assert names(initiative) == ["Anne déjà là", "Yann Pen"]


def test_the_service_of_a_word_is_chosen_in_the_preview(initiative, referent_client):
    text = "Zoé ; zoe@exemple.fr ; Espaces verts\nLéo ; leo@exemple.fr ; espaces VERTS"
    waiting, preview = read(referent_client, initiative, text)
    assert "0 personne à ajouter, 2 lignes à corriger" in preview.content.decode()
    address = url(initiative, "committee_import_detail", waiting.pk)
    refused = referent_client.post(address, {"version": "1", "word0": "Cimetières"})
    assert refused.status_code == 422
    assert "Choisissez un service de la liste" in refused.content.decode()
    assert referent_client.post(address, {"version": "1", "word0": "voirie"})["Location"] == address
    waiting.refresh_from_db()
    assert waiting.services == {"espaces verts": "voirie"}
    confirm(referent_client, initiative, waiting)
    assert names(initiative) == ["Léo", "Zoé"]


def test_a_line_is_corrected_and_a_stale_correction_shows_both_texts(initiative, referent_client):
    waiting, _preview = read(referent_client, initiative, "Bob ; bob@exemple ; DSI")
    address = url(initiative, "committee_import_line", waiting.pk, 1)
    assert "L’adresse n’est pas complète" in referent_client.get(address).content.decode()
    good = {"version": "1", "name": "Bob Bao", "email": "bob@exemple.fr", "service": "dsi", "role": "committee"}
    assert referent_client.post(address, {**good, "email": "bob@"}).status_code == 422
    assert referent_client.post(address, good).status_code == 302
    stale = referent_client.post(address, {**good, "name": "Robert"})
    assert stale.status_code == 409
    assert "Bob Bao" in stale.content.decode()
    assert "Robert" in stale.content.decode()
    late = confirm(referent_client, initiative, waiting)
    assert late.status_code == 409
    assert "relisez-la" in late.content.decode()
    waiting.refresh_from_db()
    confirm(referent_client, initiative, waiting)
    assert names(initiative) == ["Bob Bao"]


def test_a_stale_choice_of_services_shows_both_texts(initiative, referent_client):
    waiting, _preview = read(referent_client, initiative, "Zoé ; zoe@exemple.fr ; Espaces verts")
    address = url(initiative, "committee_import_detail", waiting.pk)
    referent_client.post(address, {"version": "1", "word0": "voirie"})
    response = referent_client.post(address, {"version": "1", "word0": "achats"})
    assert response.status_code == 409
    assert "Voirie et éclairage public" in response.content.decode()


def test_abandoning_forgets_the_list(initiative, referent_client):
    waiting, _preview = read(referent_client, initiative)
    confirm(referent_client, initiative, waiting, discard="1")
    assert not CommitteeImport.objects.exists()
    assert names(initiative) == []


def test_a_spreadsheet_is_read_and_its_formulas_are_refused(initiative, referent_client):
    rows = [
        ["Comité"],
        ["Service", "Nom et prénom", "Mél"],
        ["DSI", "Anne", "a@exemple.fr"],
        ["DSI", '="B"&"ob"', "b@exemple.fr"],
    ]
    waiting, preview = read(referent_client, initiative, "", file=xlsx(rows))
    assert "1 personne à ajouter, 1 ligne à corriger" in preview.content.decode()
    assert "Cette ligne contient une formule" in preview.content.decode()
    assert waiting.source == "liste.xlsx"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_csv_file_is_read_whatever_its_letters(initiative, referent_client, encoding):
    content = "Nom;Adresse;Service\r\nZoé Brûlé;zoe@exemple.fr;DSI\r\n".encode(encoding)
    waiting, _preview = read(referent_client, initiative, "", file=SimpleUploadedFile("liste.csv", content))
    assert waiting.lines[0]["name"] == "Zoé Brûlé"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"text": ""}, "Collez une liste ou déposez un tableur."),
        ({"text": LIST, "file": SimpleUploadedFile("l.csv", b"Anne")}, "pas les deux"),
        ({"text": "Anne\n" * 201}, "201 lignes"),
        ({"file": SimpleUploadedFile("liste.pdf", b"%PDF-1.7")}, "Ce fichier est un PDF"),
        ({"file": SimpleUploadedFile("liste.doc", b"Anne")}, ".xlsx, .ods ou .csv"),
        ({"file": SimpleUploadedFile("liste.csv", b"a\x00b")}, "n’est pas un texte"),
        ({"file": SimpleUploadedFile("liste.csv", b"x" * (2 * 1024 * 1024 + 1))}, "dépasse 2 Mo"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_what_to_do(initiative, referent_client, values, message):
    response = referent_client.post(url(initiative, "committee_import"), values)
    assert response.status_code == 422
    assert message in response.content.decode().replace("\u00a0", " ")
    assert not CommitteeImport.objects.exists()


def test_the_template_is_filled_and_read_back(initiative, referent_client):
    response = referent_client.get(url(initiative, "committee_template"))
    workbook = load_workbook(io.BytesIO(response.content))
    assert workbook.sheetnames == ["Comité", "Services", "Lisez-moi"]
    sheet = workbook["Comité"]
    sheet["A2"], sheet["B2"], sheet["C2"], sheet["E2"] = "Anne", "a@exemple.fr", "Voirie et éclairage public", "élu"
    assert {rule.formula1 for rule in sheet.data_validations.dataValidation} == {
        "Services!$A$2:$A$4",
        '"référent,comité technique,élu,contributeur,accompagnateur"',
    }
    target = io.BytesIO()
    workbook.save(target)
    filled = SimpleUploadedFile("comite.xlsx", target.getvalue())
    waiting, _preview = read(referent_client, initiative, "", file=filled)
    confirm(referent_client, initiative, waiting)
    anne = Participant.objects.for_initiative(initiative).get()
    assert (anne.service.code, anne.roles) == ("voirie", ["elected"])


def test_dimensions_of_the_service_are_those_of_a_person_added_by_hand(initiative, referent_client, monkeypatch):
    dimension = make_dimension("GOV")
    monkeypatch.setattr("authorities.services.participants.dimensions_of_service", lambda _service: [dimension])
    waiting, _preview = read(referent_client, initiative)
    confirm(referent_client, initiative, waiting)
    assert [list(person.dimensions.all()) for person in Participant.objects.all()] == [[dimension], [dimension]]


def test_an_adviser_is_not_imported_among_those_who_vote(initiative, referent_client, authority):
    adviser = factories.make_member(authority, "adviser")
    waiting, _preview = read(referent_client, initiative, f"Conseil ; {adviser.email} ; DSI")
    response = confirm(referent_client, initiative, waiting)
    assert response.status_code == 409
    assert "Ligne 1, Conseil" in response.content.decode()
    assert names(initiative) == []
    waiting.refresh_from_db()
    assert waiting.state == "pending"


def test_the_list_of_another_authority_is_not_found(initiative, referent_client, outsider_client, outsider):
    waiting, _preview = read(referent_client, initiative)
    other = outsider.memberships.get().authority.initiatives.get()
    for route, extra in (("committee_import_detail", ()), ("committee_import_line", (1,))):
        assert outsider_client.get(url(other, route, waiting.pk, *extra)).status_code == 404
    assert confirm(outsider_client, other, waiting).status_code == 404
    assert referent_client.get(url(initiative, "committee_import_line", waiting.pk, 9)).status_code == 404


def test_only_those_who_compose_the_committee_import(initiative, elected_client):
    assert elected_client.get(url(initiative, "committee_import")).status_code == 403


@pytest.mark.parametrize("count", [1, 3, 40])
def test_the_preview_takes_as_many_queries_whatever_the_lines(
    initiative, referent_client, count, django_assert_max_num_queries
):
    text = "\n".join(f"P{rank} ; p{rank}@exemple.fr ; DSI" for rank in range(count))
    waiting, _preview = read(referent_client, initiative, text)
    with django_assert_max_num_queries(12):
        referent_client.get(url(initiative, "committee_import_detail", waiting.pk))


def test_a_stale_version_is_refused_by_the_service(initiative, referent):
    waiting = prepare_committee_import(
        initiative=initiative, source="x", lines=read_pasted(LIST), actor=referent, now=factories.PARIS_NOON
    )
    with pytest.raises(StaleVersionError):
        confirm_committee_import(waiting=waiting, expected_version=9, actor=referent, now=factories.PARIS_NOON)
    assert names(initiative) == []


def test_client_of_a_contributor_is_refused(initiative, authority):
    client = client_of(factories.make_member(authority, "contributor"))
    assert client.post(url(initiative, "committee_import"), {"text": LIST}).status_code == 403

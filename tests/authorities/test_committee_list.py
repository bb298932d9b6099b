"""A list of people: reading, guessing of the services, what becomes of each line. Expected values worked by hand."""

import pytest
import yaml
from django.conf import settings

from authorities.committee_list import (
    KnownPerson,
    KnownService,
    ListLine,
    check_lines,
    find_role,
    guess_service,
    has_header,
    read_pasted,
    read_sheet,
)
from authorities.enums import Role
from common.errors import DomainError

SERVICES = [
    KnownService(item["code"], item["name"], tuple(item.get("aliases", ())))
    for item in yaml.safe_load((settings.BASE_DIR / "fixtures" / "services.yaml").read_text())
]
ANNE = ("Anne Le Gall", "anne@exemple.fr")


def people(text):
    return [(line.name, line.email, line.service, line.function) for line in read_pasted(text)]


def outcomes(text, *, chosen=None, known=()):
    checked = check_lines(read_pasted(text), services=SERVICES, chosen=chosen or {}, people=known)
    return ["ready" if line.is_ready else line.present or line.reason for line in checked]


@pytest.mark.parametrize(
    "text",
    [
        "Anne Le Gall ; anne@exemple.fr ; Achats ; Cheffe de service",
        "Anne Le Gall\tanne@exemple.fr\tAchats\tCheffe de service",
        "Anne Le Gall, anne@exemple.fr, Achats, Cheffe de service",
        "anne@exemple.fr ; Anne Le Gall ; Achats ; Cheffe de service",
        "Anne Le Gall <anne@exemple.fr> ; Achats ; Cheffe de service",
        '"Anne Le Gall" <anne@exemple.fr>;;Achats;Cheffe de service',
        "Service ; Fonction ; Mél ; Nom\r\nAchats ; Cheffe de service ; anne@exemple.fr ; Anne Le Gall",
        "Prénom\tNom\tCourriel\tDirection\tPoste\nAnne\tLe Gall\tanne@exemple.fr\tAchats\tCheffe de service",
        "\ufeffAnne Le Gall ; anne@exemple.fr ; Achats ; Cheffe de service\n\n",
    ],
)
def test_each_way_of_writing_a_line_is_read(text):
    assert people(text) == [(*ANNE, "Achats", "Cheffe de service")]


def test_people_copied_from_a_mail_client_are_read():
    text = 'Anne Le Gall <anne@exemple.fr>; "Pen, Yann" <yann@exemple.fr>, <seul@exemple.fr>'
    assert people(text) == [(*ANNE, "", ""), ("Pen, Yann", "yann@exemple.fr", "", ""), ("", "seul@exemple.fr", "", "")]
    assert people("Anne Le Gall <anne@exemple.fr>") == [(*ANNE, "", "")]
    assert people("anne@exemple.fr") == [("", "anne@exemple.fr", "", "")]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("DSI", "dsi"),
        ("direction des systemes d'information", "dsi"),
        ("Service Communication", "communication"),
        ("Pôle achats et marchés", "achats"),
        ("DECHETS", "dechets"),
        ("rh", "rh"),
        ("Direction générale", "dgs"),
        ("Direction de la transition écologique", "transition"),
        ("Ressources humaines et communication", ""),
        ("Espaces verts et cimetières", ""),
        ("", ""),
        ("service", ""),
    ],
)
def test_the_service_is_guessed_from_words(word, code):
    assert guess_service(word, SERVICES) == code


def test_every_name_and_alias_of_the_reference_means_its_own_service():
    for service in SERVICES:
        for word in (service.name, *service.aliases):
            assert guess_service(word.upper(), SERVICES) == service.code, word


def test_roles_are_read_in_words():
    assert find_role("") == Role.COMMITTEE
    assert find_role("Élue") == Role.ELECTED
    assert find_role("COTECH") == Role.COMMITTEE
    assert find_role("chef") is None


def test_lines_are_added_present_or_to_correct_each_with_what_to_do():
    known = [KnownPerson("Anne Le Gall", "anne@exemple.fr", True), KnownPerson("Luc Roy", "luc@exemple.fr", False)]
    text = "\n".join(
        [
            "Anne ; ANNE@exemple.fr ; Achats",
            "Luc ; luc@exemple.fr ; Achats",
            "Marie Pen ; marie@exemple.fr ; Finances",
            "Marie ; Marie@exemple.fr ; Finances",
            "Bob ; bob@exemple ; Finances",
            "=1+1 ; x@exemple.fr ; Finances",
            "Zoé ; zoe@exemple.fr ; Espaces verts",
            "Léo ; leo@exemple.fr",
            "Ana ; ana@exemple.fr ; Finances ; Cheffe ; patron",
            "Sans Adresse ; ; Finances",
        ]
    )
    assert outcomes(text, known=known) == [
        "Déjà au comité",
        "A quitté le comité\u00a0: reprenez cette personne depuis la liste",
        "ready",
        "Déjà à la ligne 3 de cette liste\u00a0: gardez une seule des deux.",
        "L’adresse n’est pas complète\u00a0: écrivez-la comme prenom.nom@exemple.fr, ou videz-la.",
        "Cette ligne contient une formule\u00a0: remplacez-la par sa valeur.",
        "Service non reconnu\u00a0: «\u00a0Espaces verts\u00a0». Choisissez-le dans la liste.",
        "Il manque le service\u00a0: choisissez-le.",
        "Rôle inconnu\u00a0: «\u00a0patron\u00a0». Reprenez un rôle du modèle, ou videz la case.",
        "ready",
    ]
    assert outcomes("Zoé ; zoe@exemple.fr ; ESPACES VERTS", chosen={"espaces verts": "voirie"}) == ["ready"]
    assert outcomes("Zoé ; zoe@exemple.fr ; Parcs", chosen={"parcs": "inconnu"})[0].startswith("Service non reconnu")


def test_somebody_without_address_is_compared_by_name():
    assert outcomes("marie PEN ; ; Finances", known=[KnownPerson("Marie Pen", "", True)]) == ["Déjà au comité"]


def test_a_sheet_is_read_by_its_headers_and_its_formulas_are_refused():
    rows = [["Liste"], [], ["Nom", "Service", "Adresse électronique"], ["Anne", "Achats", "a@exemple.fr"], ["", 3, ""]]
    lines = read_sheet(rows, frozenset({(5, 2)}))
    assert has_header(rows)
    assert lines[0] == ListLine(4, "Anne", "a@exemple.fr", "Achats", place=1)
    assert lines[1].problem.startswith("Cette ligne contient une formule")
    assert not has_header([["Code", "Service"]])


def test_an_empty_list_and_a_list_too_long_are_refused():
    with pytest.raises(DomainError, match="ne nomme personne"):
        read_pasted("Nom ; Adresse\n\n")
    assert len(read_pasted("Anne\n" * 200)) == 200
    with pytest.raises(DomainError, match="201 lignes"):
        read_pasted("Anne\n" * 201)


def test_control_and_direction_characters_are_dropped():
    assert people("An\u202ene\x00 ; a@exemple.fr\x07 ; Achats") == [("Anne", "a@exemple.fr", "Achats", "")]

"""Factories of the preparation: reference data and values typed in its forms."""

from datetime import date
from itertools import count

from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from authorities.enums import Role
from authorities.models import Meeting, SourceDocument, TerritoryActor
from authorities.services.participants import ParticipantValues
from reference.models import CalendarPreset, Dimension, DocumentKind, Duty, DutyStep, Prerequisite, Territory
from tests import factories

_numbers = count(1)

SIX_STEPS = [
    {"code": "copil_lancement", "label": "COPIL de lancement", "week": -22, "meeting": "copil"},
    {"code": "scrutin_ouverture", "label": "Ouverture du scrutin", "week": -16, "meeting": None},
    {"code": "copil_validation", "label": "COPIL de validation", "week": -3, "meeting": "copil"},
    {"code": "assemblee", "label": "Adoption en assemblée", "week": 0, "meeting": "assemblee"},
]
SHORT_STEPS = [
    {"code": "lancement", "label": "Lancement", "week": -8, "meeting": None},
    {"code": "assemblee", "label": "Conseil municipal", "week": 0, "meeting": "assemblee"},
]
PREREQUISITES = (
    "referent", "elu", "perimetre", "cotech", "couverture", "copil", "calendrier", "documents", "invitations",
    "lancement", "acteurs",
)  # fmt: skip
NOT_IN_LIGHT_TRACK = {"couverture", "copil", "acteurs"}


def make_territory(name: str = "Morlaix Communauté", **fields) -> Territory:
    number = next(_numbers)
    defaults = {
        "code": f"2429{number:05d}",
        "siren": f"2429{number:05d}",
        "kind": "epci_fp",
        "nature": "communauté d’agglomération",
        "search_name": name.lower().replace("é", "e"),
        "department_code": "29",
        "population": 65_507,
        "population_total": 67_000,
    }
    return Territory.objects.create(name=name, **{**defaults, **fields})


def make_reen_duties() -> None:
    """The two duties of article 35, as the reference data tells them."""
    for code, title, since in (
        ("reen-programme", "Programme de travail préalable", date(2023, 1, 1)),
        ("reen-strategie", "Stratégie numérique responsable", date(2025, 1, 1)),
    ):
        duty = Duty.objects.create(
            code=code,
            title=title,
            nature="obligation",
            kinds=["commune", "epci_fp"],
            population_over=50_000,
            legal_reference="Loi REEN, art. 35",
        )
        DutyStep.objects.create(duty=duty, starts_on=since)


def make_preset(code: str = "six_mois", steps: list[dict] | None = None) -> CalendarPreset:
    return CalendarPreset.objects.create(code=code, name=f"Calendrier {code}", steps=steps or SIX_STEPS)


def make_dimension(code: str, name: str = "", *, framework: str = "proposition-1") -> Dimension:
    return Dimension.objects.create(
        framework=framework, code=code, name=name or code, short_name=name or code, definition="d", position=1
    )


def make_document_kind(code: str = "sdsi", dimension_codes: list[str] | None = None) -> DocumentKind:
    return DocumentKind.objects.create(
        code=code, name=code.upper(), look_for="projets prévus", dimension_codes=dimension_codes or []
    )


def make_prerequisites() -> None:
    for position, code in enumerate(PREREQUISITES):
        Prerequisite.objects.create(
            code=code,
            text=f"Prérequis {code}",
            is_in_light_track=code not in NOT_IN_LIGHT_TRACK,
            is_for_obliged_only=code == "acteurs",
            position=position,
        )


def make_meeting(initiative, code: str = "copil_lancement", **fields) -> Meeting:
    defaults = {"label": "COPIL de lancement", "kind": "copil", "planned_on": date(2026, 4, 14)}
    return Meeting.objects.create(initiative=initiative, code=code, **{**defaults, **fields})


def make_document(initiative, **fields) -> SourceDocument:
    return SourceDocument.objects.create(initiative=initiative, **{"title": "Schéma directeur", **fields})


def make_actor(initiative, **fields) -> TerritoryActor:
    return TerritoryActor.objects.create(initiative=initiative, **{"name": "Médiathèque", "nature": "public", **fields})


def person(name: str = "Achats", service: str = "achats", **fields) -> ParticipantValues:
    """Values of a participant, as the form gives them."""
    defaults = {"roles": [Role.COMMITTEE], "email": f"{service}@exemple.fr"}
    return ParticipantValues(name=name, service=factories.make_service(service), **{**defaults, **fields})


def verified_user(email: str) -> User:
    """An account that has proved its address."""
    user = factories.make_user(email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client

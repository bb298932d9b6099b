"""What Jalons holds of one person in a démarche, as tables that they take away. Nothing is left to be guessed.

Whoever reads decides: the person takes everything of theirs; a référent who hands it over reads neither an answer of a
round or a ballot that is open, nor one whose name the rule of the round or of the ballot hides.
"""

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from authorities.mails import scope_words
from authorities.models import AuthorityMessage, Draft, Event, Participant, PersonalLink
from common.csv_files import build_csv
from common.dates import format_moment
from diagnostics.models import Rating
from levers.models import SecondVoteAnswer, Turnout, Vote
from levers.selectors.results import are_names_shown
from roadmap.models import ActionSheet, SheetNote

JSON_NAME = "donnees.json"
README_NAME = "LISEZ-MOI.txt"
ABSTENTION = "Je ne me prononce pas"
_RATINGS_KEPT = "Des avis n’y sont pas : leur tour est ouvert, ou ses noms ne sont pas montrés."
_VOTES_KEPT = "Des votes n’y sont pas : leur scrutin est ouvert, ou ses noms ne sont pas montrés."
_PAPERS_KEPT = "Le bulletin n’y est pas : il est détaché, et rien ne dit lequel est le vôtre."
Row = tuple[object, ...]


@dataclass(frozen=True)
class PersonTable:
    """Rows of one kind about a person. `kept_back`: the sentence that says what is not handed over, or nothing."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    kept_back: str = ""


def person_copy_name(participant: Participant, now: datetime) -> str:
    return f"donnees-{slugify(participant.name) or 'personne'}-{timezone.localdate(now):%Y-%m-%d}.zip"


def build_person_copy(participant: Participant, *, is_self: bool, now: datetime) -> bytes:
    """Return a zip: one json file with everything, one csv file for each table, and a text that says what it is."""
    tables = person_tables(participant, is_self=is_self, now=now)
    data = {table.name: [dict(zip(table.headers, row, strict=True)) for row in table.rows] for table in tables}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(README_NAME, _readme(participant, tables, now))
        archive.writestr(JSON_NAME, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
        for table in tables:
            archive.writestr(f"{slugify(table.name)}.csv", build_csv(table.headers, table.rows))
    return target.getvalue()


def person_tables(participant: Participant, *, is_self: bool, now: datetime) -> list[PersonTable]:
    """Return the tables about a person. Ten queries at most, whatever the number of rows."""
    tables = [
        _identity(participant),
        _ratings(participant, is_self=is_self, now=now),
        _votes(participant, is_self=is_self, now=now),
        _second_votes(participant, is_self=is_self),
        _turnouts(participant),
        _actions(participant),
        _notes(participant),
        _links(participant),
        _messages(participant),
        _trail(participant),
    ]
    # A text that was not saved is its author's alone.
    return [*tables, _drafts(participant)] if is_self else tables


def _identity(person: Participant) -> PersonTable:
    rows = (
        ("Nom", person.name),
        ("Adresse électronique", person.email),
        ("Fonction", person.function),
        ("Service", person.service.name),
        ("Rôles", ", ".join(role.label for role in person.ordered_roles)),
        ("Dimensions connues", ", ".join(dimension.short_name for dimension in person.dimensions.all())),
        ("Collectivité", person.initiative.authority.name),
        ("Démarche", person.initiative.period_label),
        ("Dernière invitation", _moment(person.invited_at)),
        ("Invitations envoyées", person.invitation_count),
        ("Mot joint à l’invitation", person.invitation_note),
        ("A confirmé", _moment(person.accepted_at)),
        ("Participe", person.is_active),
        ("A un compte", person.user_id is not None),
    )
    return PersonTable("Identité", ("Donnée", "Valeur"), rows)


def _ratings(person: Participant, *, is_self: bool, now: datetime) -> PersonTable:
    every = list(
        Rating.objects.filter(participant=person)
        .select_related("diagnosis", "question__dimension")
        .order_by("diagnosis__number", "question__position", "pk")
    )
    shown = [item for item in every if is_self or (item.diagnosis.is_revealed(now) and item.diagnosis.are_names_shown)]
    rows = (
        (
            item.diagnosis.number,
            item.question.dimension.short_name,
            item.question.code,
            item.question.text,
            ABSTENTION if item.level is None else item.level,
            item.comment,
            _moment(item.rated_at),
            item.entered_by_label,
        )
        for item in shown
    )
    headers = ("Diagnostic", "Dimension", "Code", "Question", "Niveau", "Commentaire", "Donné le", "Saisi par")
    return PersonTable("Avis", headers, tuple(rows), _RATINGS_KEPT if len(shown) < len(every) else "")


def _votes(person: Participant, *, is_self: bool, now: datetime) -> PersonTable:
    every = list(
        Vote.objects.filter(participant=person)
        .select_related("ballot", "lever")
        .order_by("ballot__number", "lever__position", "pk")
    )
    shown = [
        vote
        for vote in every
        if is_self or (vote.ballot.is_closed(now) and are_names_shown(vote.ballot, is_referent=True))
    ]
    rows = (
        (
            vote.ballot.number,
            vote.lever.code,
            vote.lever.title,
            ABSTENTION if vote.grade is None else vote.get_grade_display(),
            vote.reason,
            vote.is_on_paper,
        )
        for vote in shown
    )
    headers = ("Scrutin", "Code", "Levier", "Mention", "Raison", "Bulletin papier")
    return PersonTable("Votes", headers, tuple(rows), _VOTES_KEPT if len(shown) < len(every) else "")


def _second_votes(person: Participant, *, is_self: bool) -> PersonTable:
    every = list(
        SecondVoteAnswer.objects.filter(participant=person)
        .select_related("second_vote__lever", "second_vote__workshop__ballot")
        .order_by("second_vote__opened_at", "pk")
    )
    shown = [
        answer
        for answer in every
        if is_self
        or (not answer.second_vote.is_open and are_names_shown(answer.second_vote.workshop.ballot, is_referent=True))
    ]
    rows = (
        (
            answer.second_vote.workshop.ballot.number,
            answer.second_vote.lever.code,
            answer.second_vote.lever.title,
            ABSTENTION if answer.grade is None else answer.get_grade_display(),
        )
        for answer in shown
    )
    headers = ("Scrutin", "Code", "Levier", "Mention")
    return PersonTable("Seconds votes", headers, tuple(rows), _VOTES_KEPT if len(shown) < len(every) else "")


def _turnouts(person: Participant) -> PersonTable:
    rows = tuple(
        (item.ballot.number, item.is_on_paper)
        for item in Turnout.objects.filter(participant=person).select_related("ballot").order_by("ballot__number")
    )
    return PersonTable("Émargements", ("Scrutin", "Bulletin papier"), rows, _PAPERS_KEPT if rows else "")


def _actions(person: Participant) -> PersonTable:
    sheets = ActionSheet.objects.filter(lead_participant=person).order_by("number")
    rows = tuple((sheet.number, sheet.label, sheet.get_status_display()) for sheet in sheets)
    return PersonTable("Actions pilotées", ("Numéro", "Action", "État"), rows)


def _notes(person: Participant) -> PersonTable:
    notes = SheetNote.objects.filter(author_participant=person).select_related("sheet").order_by("written_at", "pk")
    rows = tuple((note.sheet.number, note.dated_on.isoformat(), note.text) for note in notes)
    return PersonTable("Notes des fiches", ("Fiche", "Date", "Note"), rows)


def _links(person: Participant) -> PersonTable:
    links = PersonalLink.objects.filter(participant=person).order_by("created_at")
    moments = ("created_at", "confirmed_at", "expires_at", "revoked_at")
    rows = tuple(
        ("\u202f; ".join(scope_words(link.scopes)), *(_moment(getattr(link, name)) for name in moments))
        for link in links
    )
    return PersonTable("Liens", ("Ouvre", "Créé le", "Confirmé le", "Expire le", "Révoqué le"), rows)


def _messages(person: Participant) -> PersonTable:
    """The subjects, without the texts: a message that has not left still holds its link."""
    ties = AuthorityMessage.objects.filter(participant=person).select_related("message").order_by("message__created_at")
    rows = tuple(
        (
            _moment(tie.message.created_at),
            tie.message.to,
            tie.subject or tie.message.subject,
            tie.message.get_reason_display(),
            tie.message.get_fate_display(),
        )
        for tie in ties
    )
    return PersonTable("Messages", ("Écrit le", "À", "Objet", "Motif", "Sort"), rows)


def _trail(person: Participant) -> PersonTable:
    is_theirs = Q(actor_participant=person)
    if person.user_id is not None:
        is_theirs |= Q(actor_user=person.user_id)
    events = Event.objects.filter(is_theirs, authority=person.initiative.authority_id).order_by("occurred_at", "pk")
    rows = tuple((_moment(event.occurred_at), event.get_kind_display(), event.verb) for event in events)
    return PersonTable("Journal", ("Date", "Objet", "Action"), rows)


def _drafts(person: Participant) -> PersonTable:
    rows = tuple(
        (_moment(draft.saved_at), name, value)
        for draft in Draft.objects.filter(participant=person).order_by("saved_at", "pk")
        for name, values in draft.fields.items()
        for value in (values if isinstance(values, list) else [values])
    )
    return PersonTable("Textes non enregistrés", ("Gardé le", "Champ", "Texte"), rows)


def _moment(moment: datetime | None) -> str:
    return format_moment(moment) if moment else ""


def _readme(person: Participant, tables: Iterable[PersonTable], now: datetime) -> str:
    lines = [
        f"Ce que Jalons garde de {person.name}",
        f"{person.initiative.authority.name}, feuille de route {person.initiative.period_label}, "
        f"le {format_moment(now)}",
        "",
        f"{JSON_NAME} contient tout ; les mêmes lignes sont dans les tableaux csv.",
        "Gardez ce fichier comme tout document qui nomme quelqu’un.",
    ]
    kept_back = [table.kept_back for table in tables if table.kept_back]
    if kept_back:
        lines += ["", *kept_back, "La personne les trouve dans le fichier que son propre espace lui donne."]
    return "\n".join(lines) + "\n"

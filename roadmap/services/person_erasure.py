"""Erase a person: the name leaves every column made to hold it, the answers stay.

Texts typed by hand and frozen versions are not rewritten: the page that asks for the confirmation says so.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from accounts.enums import MailFate
from accounts.models import MailPreference, OutboxMessage, User
from authorities.enums import EventKind
from authorities.events import record_event
from authorities.models import (
    ActivityItem,
    Authority,
    AuthorityMessage,
    CommitteeImport,
    Draft,
    Membership,
    MembershipRequest,
    Participant,
)
from authorities.services import revoke_links
from authorities.services.memberships import refuse_last_referent
from common.errors import DomainError
from common.text import normalise
from diagnostics.models import GridImport
from roadmap.models import SheetImport
from roadmap.personal_data import AUTHORITY_LOOKUPS, NAMED_COLUMNS, NamedColumns
from roadmap.services.dossier import abandon_dossiers

ERASED = "Personne effacée"
WITHHELD_WORDS = "La personne a été effacée."


@dataclass(frozen=True)
class _Person:
    """Somebody in an authority: their places in its démarches, their account there, and the words that name them."""

    authority: Authority
    participants: tuple[Participant, ...]
    users: tuple[User, ...]
    label: str

    @property
    def names(self) -> set[str]:
        return {item.name for item in self.participants} | {user.full_name for user in self.users if user.full_name}

    @property
    def emails(self) -> set[str]:
        return {item.email for item in self.participants if item.email} | {user.email for user in self.users}

    def scrub(self, value: Any) -> Any:
        """Return a text, or the texts of a list or dictionary, with `label` in the place of each name and address."""
        if isinstance(value, str):
            return self._pattern.sub(self.label, value)
        if isinstance(value, list):
            return [self.scrub(item) for item in value]
        if isinstance(value, dict):
            return {key: self.scrub(item) for key, item in value.items()}
        return value

    @property
    def _pattern(self) -> re.Pattern[str]:
        words = {*self.names, *self.emails}
        words |= {escape(word) for word in words}
        # The longest first: a name may be part of another. Any space may stand between two words.
        forms = (r"\s+".join(map(re.escape, word.split())) for word in sorted(words, key=len, reverse=True))
        return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE)


@transaction.atomic
def erase_person(*, participant: Participant, actor: User, now: datetime) -> None:
    """Erase a person from an authority: all their places in its démarches, and their account's place in it.

    Ratings, votes and results are untouched. Raises `DomainError` when it is already done, or when the authority would
    be left without référent.
    """
    authority = Authority.objects.select_for_update().get(pk=participant.initiative.authority_id)
    participant = Participant.objects.get(pk=participant.pk)
    require_not_erased(participant)
    person = _find_person(authority, participant)
    memberships = list(Membership.objects.filter(authority=authority, user__in=person.users))
    for membership in memberships:
        refuse_last_referent(membership)
    record_event(
        authority=authority,
        initiative=participant.initiative,
        verb="a effacé une personne ; ses réponses restent, sans son nom",
        kind=EventKind.COMMITTEE,
        now=now,
        actor=actor,
    )
    for item in person.participants:
        revoke_links(participant=item, now=now)
    _erase_what_is_private(person)
    _forget_messages(person, now)
    _forget_account(person)
    for columns in NAMED_COLUMNS:
        _scrub_columns(columns, person)
    # Those of the project bear the name; those of the frozen versions are made again from what was voted.
    abandon_dossiers(authority)
    Participant.objects.filter(pk__in=[item.pk for item in person.participants]).update(
        name=person.label,
        email="",
        function="",
        invitation_note="",
        user=None,
        is_active=False,
        erased_at=now,
        version=models.F("version") + 1,
    )


def require_not_erased(participant: Participant) -> None:
    """Raise `DomainError` when the name of this person is gone already."""
    if participant.erased_at is not None:
        raise DomainError("Cette personne est déjà effacée.")


def _find_person(authority: Authority, participant: Participant) -> _Person:
    """Return everything that is the same person: same address, or same account."""
    is_same_user = Q(pk=participant.user_id) if participant.user_id else Q()
    if participant.email:
        is_same_user |= Q(email__iexact=participant.email, memberships__authority=authority)
    users = tuple(User.objects.filter(is_same_user).distinct()) if is_same_user else ()
    emails = {participant.email, *(user.email for user in users)} - {""}
    is_same = Q(pk=participant.pk) | Q(user__in=users) | Q(email__in=emails)
    people = Participant.objects.for_authority(authority)
    erased_count = people.exclude(erased_at=None).values("name").distinct().count()
    return _Person(
        authority=authority,
        participants=tuple(people.filter(is_same, erased_at=None).select_related("initiative")),
        users=users,
        label=f"{ERASED} {erased_count + 1}",
    )


def _erase_what_is_private(person: _Person) -> None:
    """Erase what only concerned them: texts not saved, news that wait, lines of lists not confirmed, choice of mail."""
    ActivityItem.objects.filter(participant__in=person.participants).delete()
    is_theirs = Q(participant__in=person.participants) | Q(user__in=person.users, authority=person.authority)
    Draft.objects.filter(is_theirs).delete()
    _erase_drafts_about(person)
    _erase_grids_of(person)
    _erase_workbooks_about(person)
    for waiting in CommitteeImport.objects.filter(initiative__authority=person.authority).exclude(lines=[]):
        kept = [line for line in waiting.lines if not _is_about(line, person)]
        if len(kept) < len(waiting.lines):
            waiting.lines = kept
            waiting.save(update_fields=["lines"])
    for email in person.emails:
        is_elsewhere = Participant.objects.filter(email=email).exclude(pk__in=[item.pk for item in person.participants])
        if not is_elsewhere.exists() and not User.objects.filter(email=email).exists():
            MailPreference.objects.filter(email=email).delete()


def _erase_grids_of(person: _Person) -> None:
    """Erase the grids not confirmed that hold answers of this person, or that they sent."""
    keys = {item.pk for item in person.participants}
    for waiting in GridImport.objects.filter(diagnosis__initiative__authority=person.authority):
        is_theirs = waiting.created_by_id in {user.pk for user in person.users}
        if is_theirs or any(answer["participant_pk"] in keys for answer in waiting.answers):
            waiting.delete()


def _erase_workbooks_about(person: _Person) -> None:
    """Erase the workbooks of action sheets not confirmed that name this person, or that they sent."""
    theirs = {user.pk for user in person.users}
    for waiting in SheetImport.objects.filter(initiative__authority=person.authority):
        said = [waiting.content, waiting.refused, waiting.file_name]
        if waiting.created_by_id in theirs or person.scrub(said) != said:
            waiting.delete()


def _erase_drafts_about(person: _Person) -> None:
    """Erase the texts not saved in which a colleague was typing the name or the address of this person."""
    in_authority = Q(authority=person.authority) | Q(participant__initiative__authority=person.authority)
    drafts = Draft.objects.filter(in_authority).values_list("pk", "fields")
    about = [pk for pk, fields in drafts if person.scrub(fields) != fields]
    Draft.objects.filter(pk__in=about).delete()


def _is_about(line: dict[str, Any], person: _Person) -> bool:
    """Tell whether a line of a list of people is this person's, as the reading of lists tells: address, else name."""
    names = {normalise(name) for name in person.names}
    return str(line["email"]).strip().lower() in person.emails or normalise(str(line["name"])) in names


def _forget_messages(person: _Person, now: datetime) -> None:
    """Empty the messages sent to them for this authority, and take their name out of those sent to others."""
    ties = AuthorityMessage.objects.filter(authority=person.authority)
    messages = OutboxMessage.objects.filter(of_authorities__in=ties)
    theirs = Q(of_authorities__participant__in=person.participants)
    for email in person.emails:
        theirs |= Q(to__iexact=email)
    own = OutboxMessage.objects.filter(pk__in=set(messages.filter(theirs).values_list("pk", flat=True)))
    own.filter(fate=MailFate.PENDING).update(fate=MailFate.WITHHELD, fate_reason=WITHHELD_WORDS, decided_at=now)
    own.update(subject="", body="", html="", headers={}, secrets=[], to="", reply_to="")
    for message in messages.exclude(body="").distinct():
        message.reply_to = "" if message.reply_to.lower() in person.emails else message.reply_to
        message.subject, message.body, message.html = map(person.scrub, (message.subject, message.body, message.html))
        message.save(update_fields=["subject", "body", "html", "reply_to"])


def _forget_account(person: _Person) -> None:
    """Take their account out of the authority, and out of each row that says who wrote it. The account stays theirs."""
    Membership.objects.filter(authority=person.authority, user__in=person.users).delete()
    MembershipRequest.objects.filter(authority=person.authority, user__in=person.users).delete()
    for model, lookup in AUTHORITY_LOOKUPS.items():
        for field in _author_fields(model):
            rows = model._base_manager.filter(**{lookup: person.authority.pk, f"{field.name}__in": person.users})
            # The base manager: a frozen version keeps its content, and loses who froze it.
            rows.update(**{field.attname: None})


def _author_fields(model: type[models.Model]) -> Iterable[Any]:
    return [field for field in model._meta.concrete_fields if field.related_model is User and field.null]


def _scrub_columns(columns: NamedColumns, person: _Person) -> None:
    """Replace the name in the columns made to hold it. Every row is read: case and accents differ from base to base."""
    manager = columns.model._base_manager
    for pk, *values in manager.filter(**{columns.lookup: person.authority.pk}).values_list("pk", *columns.fields):
        changed = {
            name: _fit(columns.model, name, scrubbed)
            for name, value in zip(columns.fields, values, strict=True)
            if (scrubbed := person.scrub(value)) != value
        }
        if changed:
            manager.filter(pk=pk).update(**changed)


def _fit(model: type[models.Model], name: str, value: Any) -> Any:
    longest = getattr(model._meta.get_field(name), "max_length", None)
    return value[:longest] if longest and isinstance(value, str) else value

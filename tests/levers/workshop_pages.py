"""Reading of the pages and documents of a workshop, and its ballot: shared by the tests of its pages."""

import io
import re
import zipfile
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from levers import services
from levers.enums import Grade, NamesVisibility
from levers.models import Ballot, Workshop
from tests.factories import make_participant
from tests.factories_levers import fill_ballot, make_ballot
from tests.pdf_readback import read_words

AUTOSAVE = {"X-Autosave": "1"}
FRAGMENT = {"X-Fragment": "1"}
# LEV-01 favourable, LEV-02 the most divided, LEV-03 debated, LEV-04 unfavourable.
VOTES = {"LEV-01": "EEP", "LEV-02": "ENI", "LEV-03": "EIC", "LEV-04": "NNC"}


def make_closed(initiative, *, levers=4, voters=3, names=NamesVisibility.REFERENT, votes=None) -> Ballot:
    now = timezone.now()
    people = [
        make_participant(initiative, service=f"service{rank}", name=f"Votante {rank}") for rank in range(1, voters + 1)
    ]
    ballot = make_ballot(
        initiative, levers=levers, voters=people, names=names, opens_at=now - timedelta(days=9),
        closes_at=now - timedelta(days=1),
    )  # fmt: skip
    fill_ballot(ballot, VOTES if votes is None else votes)
    return ballot


def start(ballot, referent) -> Workshop:
    return services.start_workshop(ballot=ballot, planned_minutes=90, actor=referent, now=timezone.now())


def url(name: str, authority, *args) -> str:
    return reverse(f"levers:workshop_{name}", args=[authority.slug, *args])


def read(client: Client, address: str, status: int = 200, **options) -> str:
    response = client.get(address, **options)
    assert response.status_code == status, address
    return response.content.decode()


def phone_url(voter, vote) -> str:
    return reverse("levers:second_vote_update", args=[voter.pk, vote.pk])


def answer_as_others(vote, voter, count=None) -> None:
    """Answer prioritaire as the first other voters."""
    for other in vote.workshop.ballot.voters.exclude(pk=voter.pk).order_by("pk")[:count]:
        services.answer_second_vote(
            second_vote=vote, participant=other, grade=Grade.PRIORITY, expected_version=0, now=timezone.now()
        )


def words_of(content: bytes, extension: str) -> str:
    """Return what a document says, whatever its format."""
    if extension == "pdf":
        return read_words(content)
    name = "word/document.xml" if extension == "docx" else "content.xml"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = re.sub(r"<[^>]+>", "", archive.read(name).decode())
    return re.sub(r"\s+", " ", text)

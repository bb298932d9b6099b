"""A table of votes as a form, online and for a paper ballot."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest

from authorities.views.submission import Submission, submit
from common.errors import DomainError
from common.text import typography
from common.versioning import StaleVersionError
from levers.enums import Grade
from levers.forms import VoteTableForm
from levers.models import Vote
from levers.selectors.ballots import OwnVote
from levers.services import VotePaper


def table_form(request: HttpRequest, items: Sequence[OwnVote]) -> VoteTableForm:
    """Return the form of a table of votes, with the versions that the reader sees."""
    return VoteTableForm(
        request.POST or None,
        rows=[(item.lever, item.letter) for item in items],
        initial={"versions": _versions(items)},
    )


def papers_of(form: VoteTableForm, items: Sequence[OwnVote]) -> list[VotePaper]:
    """Return what changed in a table of votes; rows that say what is stored are left out."""
    by_pk = {item.lever.pk: item for item in items}
    answers = {pk: grade for pk, grade in form.answers.items() if pk in by_pk}
    if not answers:
        raise DomainError(typography("Choisissez au moins une mention avant d’enregistrer."))
    seen = form.seen_versions
    return [
        VotePaper(by_pk[pk].lever, grade, expected_version=seen.get(pk))
        for pk, grade in answers.items()
        if by_pk[pk].vote is None or by_pk[pk].grade != grade
    ]


def submit_table(
    request: HttpRequest, form: VoteTableForm, save: Callable[[], Any], items: Sequence[OwnVote]
) -> Submission:
    """Save a table of votes. An answer that changed elsewhere is told on its row, and the page may be sent again."""
    try:
        return submit(request, form, save)
    except StaleVersionError as error:
        vote = error.current
        if not isinstance(vote, Vote):
            raise
        said = "Je ne me prononce pas" if vote.grade is None else str(Grade(vote.grade).label)
        text = f"Une autre fenêtre a enregistré «\u00a0{said}\u00a0»\u00a0: gardez votre choix ou reprenez le sien."
        form.add_error(f"g{vote.lever_id}", typography(text))
        form.take_versions(_versions(items))
        return Submission(False, 409)


def _versions(items: Sequence[OwnVote]) -> str:
    return " ".join(f"{item.lever.pk}:{item.version}" for item in items)

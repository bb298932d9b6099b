"""Evidence as each reader may see it: its author before the closing, then by the rule of the round."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from accounts.models import User
from authorities.models import Participant
from common.numbers import format_number
from diagnostics.models import AgreedLevel, Diagnosis, Evidence, Question, Rating


@dataclass(frozen=True)
class EvidenceLine:
    """A piece of evidence on a page. `author`: empty when the rule of the round hides it, or when it is the reader.

    `url`: where it is read; a link leaves the site, a file is downloaded from it. `remove_url`: empty when the reader
    may not remove it.
    """

    evidence: Evidence
    url: str
    remove_url: str = ""
    author: str = ""

    @property
    def is_link(self) -> bool:
        return bool(self.evidence.url)

    @property
    def detail(self) -> str:
        """« marche.pdf, 1,2 Mo », or the host of a link."""
        if self.is_link:
            return self.evidence.url.split("/")[2]
        return f"{self.evidence.file_name}, {size_label(self.evidence.size_bytes or 0)}"


def size_label(size_bytes: int) -> str:
    """« 28 ko », « 1,2 Mo »."""
    if size_bytes < 1_000_000:
        return f"{format_number(max(1, -(-size_bytes // 1000)))}\u00a0ko"
    return f"{format_number(Decimal(size_bytes) / 1_000_000, 1)}\u00a0Mo"


def is_seen_by_member(evidence: Evidence, user: User, *, now: datetime, leads_meeting: bool) -> bool:
    """Tell whether a member may read a piece of evidence.

    One's own always; that of the others once the answers are closed for whoever leads the meeting, and once the round
    is agreed for every member who reads the results.
    """
    if evidence.added_by_id == user.pk or evidence.diagnosis.agreed_at is not None:
        return True
    return leads_meeting and evidence.diagnosis.is_revealed(now)


def seen_by_participant(participant: Participant) -> QuerySet[Evidence]:
    """Return what supports the participant's own answers: what they joined, and what was joined for them."""
    return Evidence.objects.for_initiative(participant.initiative).filter(rating__participant=participant)


def participant_lines(rating: Rating | None, participant: Participant, *, is_open: bool) -> list[EvidenceLine]:
    """Return the evidence of one's own answer, with what may be removed. One query at most."""
    if rating is None:
        return []
    lines = []
    for item in seen_by_participant(participant).filter(rating=rating):
        arguments = [participant.pk, item.pk]
        is_own = item.added_by_id is None and not item.added_by_label
        lines.append(
            EvidenceLine(
                item,
                item.url or reverse("diagnostics:participant_evidence_file", args=arguments),
                reverse("diagnostics:participant_evidence_delete", args=arguments) if is_open and is_own else "",
                item.added_by_label,
            )
        )
    return lines


def member_lines(
    evidence: QuerySet[Evidence], diagnosis: Diagnosis, user: User, *, may_remove: bool, shows_authors: bool
) -> list[EvidenceLine]:
    """Return the lines of evidence that a member may read. One query."""
    slug = diagnosis.initiative.authority.slug
    lines = []
    for item in evidence.select_related("rating__participant"):
        is_own = item.added_by_id == user.pk
        author = item.added_by_label or (item.rating.participant.name if item.rating else "")
        lines.append(
            EvidenceLine(
                item,
                item.url or reverse("diagnostics:evidence_file", args=[slug, item.pk]),
                reverse("diagnostics:evidence_delete", args=[slug, item.pk]) if may_remove and is_own else "",
                author if shows_authors else "",
            )
        )
    return lines


def on_question(question: Question) -> Q:
    """What supports any answer to a question, or its agreed level."""
    return Q(rating__question=question) | Q(agreed_level__question=question)


def question_lines(diagnosis: Diagnosis, question: Question, user: User) -> list[EvidenceLine]:
    """Return what supports a question in the meeting, where the rule of the round about names holds. One query.

    The caller made sure that the answers are closed.
    """
    evidence = Evidence.objects.filter(on_question(question), diagnosis=diagnosis)
    return member_lines(evidence, diagnosis, user, may_remove=False, shows_authors=diagnosis.are_names_shown)


def evidence_counts(diagnosis: Diagnosis) -> dict[str, int]:
    """Code of a question → how many pieces support it. The caller made sure that the round is agreed. One query."""
    rows = (
        Evidence.objects.filter(diagnosis=diagnosis)
        .order_by()
        .values_list("rating__question__code", "agreed_level__question__code")
        .annotate(total=Count("pk"))
    )
    counts: dict[str, int] = {}
    for of_rating, of_level, total in rows:
        counts[of_rating or of_level] = counts.get(of_rating or of_level, 0) + total
    return counts


def find_agreed_level(diagnosis: Diagnosis, question: Question) -> AgreedLevel | None:
    return AgreedLevel.objects.filter(diagnosis=diagnosis, question=question).first()

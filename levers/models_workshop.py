"""The workshop that turns a closed ballot into decisions. Loaded by `levers.models`, whose migrations hold them."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from authorities.models import Participant
from common.versioning import VersionedModel
from levers.enums import Grade, NamesVisibility, SecondVoteMeans, Verdict
from levers.tally import MINIMUM_EXPRESSED

if TYPE_CHECKING:
    from authorities.models import Initiative

NOTES_MAX_LENGTH = 4000
# Beyond, a meeting is no workshop, and a hand was counted twice.
MOST_HANDS = 500
# Those of a meeting of the calendar.
SHORTEST_MINUTES, LONGEST_MINUTES = 15, 720


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    def for_initiative(self, initiative: "Initiative") -> "WorkshopQuerySet":
        return self.filter(ballot__initiative=initiative)


class Workshop(VersionedModel):
    """The meeting about a closed ballot: one for each. `current`: the lever on the screen, None for its first page.

    `ended_at` is None while it is held; an ended workshop may be taken up again. The texts are those of the minutes.
    """

    ballot = models.OneToOneField("levers.Ballot", models.CASCADE, related_name="workshop", verbose_name="scrutin")
    started_at = models.DateTimeField("commencé le")
    ended_at = models.DateTimeField("terminé le", null=True, blank=True)
    planned_minutes = models.PositiveSmallIntegerField("durée prévue, en minutes")
    current = models.ForeignKey(
        "levers.Lever", models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="levier projeté"
    )
    place = models.CharField("lieu", max_length=150, blank=True)
    present = models.ManyToManyField(
        Participant, blank=True, related_name="workshops", verbose_name="personnes présentes"
    )
    other_people = models.TextField("autres personnes présentes", blank=True, max_length=1000)
    notes = models.TextField("notes", blank=True, max_length=NOTES_MAX_LENGTH)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="animé par"
    )

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        verbose_name = "atelier de priorisation"
        verbose_name_plural = "ateliers de priorisation"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(planned_minutes__range=(SHORTEST_MINUTES, LONGEST_MINUTES)),
                name="levers_workshop_known_length",
                violation_error_message=f"Prévoyez de {SHORTEST_MINUTES} à {LONGEST_MINUTES} minutes.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="levers_workshop_dates_in_order",
                violation_error_message="L’atelier se termine après son début.",
            ),
        ]

    def __str__(self) -> str:
        return f"atelier du {self.ballot}"

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None


class ParkedLever(models.Model):
    """A lever that the workshop left for the end."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="parked", verbose_name="atelier")
    lever = models.ForeignKey("levers.Lever", models.RESTRICT, related_name="+", verbose_name="levier")
    parked_at = models.DateTimeField("mis de côté le")

    class Meta:
        verbose_name = "levier gardé pour la fin"
        verbose_name_plural = "leviers gardés pour la fin"
        ordering: ClassVar = ["parked_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workshop", "lever"],
                name="levers_parkedlever_unique",
                violation_error_message="Ce levier est déjà gardé pour la fin.",
            )
        ]

    def __str__(self) -> str:
        return str(self.lever)


class WorkshopDecision(models.Model):
    """What a gesture of the workshop decided about one lever, and what stood before: the way back.

    The rows of one gesture share its `number`. `version`: that of the decision that the gesture left; `former_…`: the
    decision before, with an empty verdict when there was none.
    """

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="decisions", verbose_name="atelier")
    number = models.PositiveIntegerField("geste")
    lever = models.ForeignKey("levers.Lever", models.RESTRICT, related_name="+", verbose_name="levier")
    version = models.PositiveIntegerField("version de la décision")
    former_verdict = models.CharField("décision d’avant", max_length=10, choices=Verdict.choices, blank=True)
    former_reason = models.CharField("raison d’avant", max_length=1000, blank=True)
    former_ballot = models.ForeignKey(
        "levers.Ballot", models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="scrutin d’avant"
    )
    former_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="décidé avant par",
    )
    former_decided_at = models.DateTimeField("décidé avant le", null=True, blank=True)
    undone_at = models.DateTimeField("annulé le", null=True, blank=True)

    class Meta:
        verbose_name = "décision prise en atelier"
        verbose_name_plural = "décisions prises en atelier"
        ordering: ClassVar = ["workshop", "number", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workshop", "number", "lever"], name="levers_workshopdecision_unique"),
            models.CheckConstraint(
                condition=Q(former_verdict="", former_decided_at__isnull=True)
                | (~Q(former_verdict="") & ~Q(former_reason="") & Q(former_decided_at__isnull=False)),
                name="levers_workshopdecision_former_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"geste {self.number}, {self.lever}"


class SecondVote(models.Model):
    """A second vote on one lever, in the room: hands that were counted, or phones. The last one of a lever counts.

    While phones may answer (`closed_at` is None) the counts are 0: they are written when it closes.
    """

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="second_votes", verbose_name="atelier")
    lever = models.ForeignKey("levers.Lever", models.RESTRICT, related_name="+", verbose_name="levier")
    number = models.PositiveSmallIntegerField("numéro")
    means = models.CharField("recueilli par", max_length=6, choices=SecondVoteMeans.choices)
    essential = models.PositiveSmallIntegerField("essentiel", default=0, validators=[MaxValueValidator(MOST_HANDS)])
    priority = models.PositiveSmallIntegerField("prioritaire", default=0, validators=[MaxValueValidator(MOST_HANDS)])
    interesting = models.PositiveSmallIntegerField("intéressant", default=0, validators=[MaxValueValidator(MOST_HANDS)])
    complex = models.PositiveSmallIntegerField("trop complexe", default=0, validators=[MaxValueValidator(MOST_HANDS)])
    unsuitable = models.PositiveSmallIntegerField("inapproprié", default=0, validators=[MaxValueValidator(MOST_HANDS)])
    abstentions = models.PositiveSmallIntegerField("abstentions", default=0, validators=[MaxValueValidator(MOST_HANDS)])
    opened_at = models.DateTimeField("ouvert le")
    closed_at = models.DateTimeField("fermé le", null=True, blank=True)

    class Meta:
        verbose_name = "second vote"
        verbose_name_plural = "seconds votes"
        ordering: ClassVar = ["workshop", "lever", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workshop", "lever", "number"],
                name="levers_secondvote_unique",
                violation_error_message="Ce second vote est déjà enregistré.",
            ),
            models.UniqueConstraint(
                fields=["workshop"],
                condition=Q(closed_at__isnull=True),
                name="levers_secondvote_one_open",
                violation_error_message="Un second vote est déjà ouvert sur les téléphones.",
            ),
            models.CheckConstraint(
                condition=Q(means="phones") | Q(closed_at__isnull=False), name="levers_secondvote_hands_are_counted"
            ),
        ]

    def __str__(self) -> str:
        return f"second vote {self.number} sur {self.lever}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def grades(self) -> tuple[int, int, int, int, int]:
        """The counts, from essentiel to inapproprié."""
        return (self.essential, self.priority, self.interesting, self.complex, self.unsuitable)

    @property
    def total(self) -> int:
        return sum(self.grades) + self.abstentions

    @property
    def is_withheld(self) -> bool:
        """Tell whether its count stays hidden: it would say what one person answered, whose name is hidden too.

        Hands are raised before everybody. Reads the ballot of the workshop.
        """
        return (
            self.means == SecondVoteMeans.PHONES
            and self.total < MINIMUM_EXPRESSED
            and self.workshop.ballot.names_visibility != NamesVisibility.EVERYONE
        )

    @property
    def is_shown(self) -> bool:
        """Tell whether the counts may be read: every page and document asks first."""
        return not self.is_open and not self.is_withheld

    @property
    def has_few_votes(self) -> bool:
        """Tell whether too few votes bear a grade: « peu de voix », as in a ballot."""
        return sum(self.grades) < MINIMUM_EXPRESSED


class SecondVoteAnswer(VersionedModel):
    """What a phone answered in a second vote: a grade, or None for an abstention. Never with detached papers."""

    second_vote = models.ForeignKey(SecondVote, models.CASCADE, related_name="answers", verbose_name="second vote")
    # RESTRICT, as a vote.
    participant = models.ForeignKey(
        Participant, models.RESTRICT, related_name="second_vote_answers", verbose_name="participant"
    )
    grade = models.PositiveSmallIntegerField("mention", choices=Grade.choices, null=True, blank=True)

    class Meta:
        verbose_name = "réponse à un second vote"
        verbose_name_plural = "réponses aux seconds votes"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["second_vote", "participant"],
                name="levers_secondvoteanswer_unique",
                violation_error_message="Cette personne a déjà répondu à ce second vote.",
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__range=(1, 5)), name="levers_secondvoteanswer_known_grade"
            ),
        ]

    def __str__(self) -> str:
        # As a vote: never the grade.
        return f"réponse {self.pk}"

"""Levers of the catalogue, and what a démarche does with them: shortlist, ballot, votes, decisions."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from authorities.enums import Perimeter
from authorities.models import Authority, Initiative, OfInitiativeQuerySet, Participant
from common.errors import DomainError
from common.versioning import VersionedModel
from levers.enums import Cost, Grade, LocalState, NamesVisibility, ShortlistState, Verdict
from levers.models_workshop import ParkedLever as ParkedLever
from levers.models_workshop import SecondVote as SecondVote
from levers.models_workshop import SecondVoteAnswer as SecondVoteAnswer
from levers.models_workshop import Workshop as Workshop
from levers.models_workshop import WorkshopDecision as WorkshopDecision
from levers.papers import new_paper_key
from reference.models import Dimension, Service, Theme

# Fields that only the page of one lever reads: lists do without them.
LONG_FIELDS = ("description", "steps", "indicators", "means", "risks", "sources", "legal_references")
# The codes of local levers: « LOC-3 », then « LOC-3.2 » for its second version. No published lever takes them.
LOCAL_PREFIX = "LOC-"


class LeverCatalogue(models.Model):
    """One version of the catalogue. The loader never alters a version that a démarche uses."""

    code = models.SlugField("code", max_length=40, unique=True)
    title = models.CharField("titre", max_length=200)
    framework = models.SlugField("version de la méthode", max_length=40)
    published_on = models.DateField("publiée le")
    content_hash = models.CharField("empreinte du contenu", max_length=64)
    weights = models.JSONField("poids de la recommandation")
    exclusive_groups = models.JSONField("leviers dont les gains ne se cumulent pas", default=list)
    is_current = models.BooleanField("proposé aux nouvelles démarches", default=False)
    source = models.JSONField("contenu publié", default=dict, help_text="dans la forme des fichiers")

    class Meta:
        verbose_name = "catalogue de leviers"
        verbose_name_plural = "catalogues de leviers"
        # The first one is what a new démarche is offered.
        ordering: ClassVar = ["-is_current", "-published_on", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="levers_levercatalogue_one_current",
                violation_error_message="Une seule version du catalogue est proposée aux nouvelles démarches.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_used(self) -> bool:
        """Tell whether a démarche shortlisted, voted on or decided about levers of this version."""
        return self.shortlists.exists()


class LeverQuerySet(models.QuerySet["Lever"]):
    def for_catalogue(self, catalogue: LeverCatalogue) -> "LeverQuerySet":
        return self.filter(catalogue=catalogue)

    def for_authority(self, authority: Authority) -> "LeverQuerySet":
        """Keep the local levers of an authority, whatever became of them."""
        return self.filter(authority=authority)

    def open_to(self, authority: Authority) -> "LeverQuerySet":
        """Keep what an authority may name: the published levers, and its own."""
        return self.filter(Q(authority=None) | Q(authority=authority))

    def known_to(self, initiative: Initiative, catalogue: LeverCatalogue) -> "LeverQuerySet":
        """Keep a catalogue and the local levers: those that are proposed, and those that the démarche once chose."""
        chosen = ShortlistedLever.objects.filter(shortlist__initiative=initiative).values("lever")
        stays = Q(local_state=LocalState.PROPOSED) | Q(pk__in=chosen)
        return self.filter(Q(catalogue=catalogue) | Q(authority=initiative.authority_id) & stays).order_by("position")

    def with_labels(self) -> "LeverQuerySet":
        return self.select_related("theme", "dimension", "lead_service")

    def light(self) -> "LeverQuerySet":
        """Leave out what only the page of one lever shows."""
        return self.with_labels().defer(*LONG_FIELDS)


class Lever(VersionedModel):
    """A possible action: a lever of a published catalogue, or a local one, which belongs to one authority.

    A local lever whose text was submitted, voted on or decided is never altered: its next version is another row, and
    this one is said to be replaced (docs/adr/0031).
    """

    catalogue = models.ForeignKey(
        LeverCatalogue,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="levers",
        verbose_name="version du catalogue",
    )
    authority = models.ForeignKey(
        Authority,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="local_levers",
        verbose_name="collectivité, pour un levier local",
    )
    revision = models.PositiveSmallIntegerField("version du levier local", default=1)
    local_state = models.CharField(
        "état du levier local", max_length=10, choices=LocalState.choices, default=LocalState.PROPOSED
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="écrit par",
        help_text="seule personne qui a écrit ce texte ; vide quand plusieurs l’ont écrit",
    )
    share_key = models.CharField("clé commune des copies partagées", max_length=32, blank=True, editable=False)
    shared_as = models.CharField("partagé au nom de", max_length=120, blank=True)
    code = models.CharField("code", max_length=20)
    title = models.CharField("titre", max_length=120)
    summary = models.CharField("résumé", max_length=400)
    description = models.TextField("description", blank=True)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="+", verbose_name="thème du décret")
    dimension = models.ForeignKey(Dimension, models.PROTECT, related_name="+", verbose_name="dimension")
    secondary_dimension_codes = models.JSONField("autres dimensions", default=list, blank=True)
    question_codes = models.JSONField("questions du diagnostic", default=list, blank=True)
    perimeter = models.CharField("périmètre", max_length=12, choices=Perimeter.choices)
    audience_codes = models.JSONField("services concernés", default=list, blank=True)
    lead_service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="service pressenti"
    )
    effort = models.PositiveSmallIntegerField("effort", validators=[MinValueValidator(1), MaxValueValidator(5)])
    cost = models.CharField("coût", max_length=10, choices=Cost.choices)
    delay_months = models.PositiveSmallIntegerField("délai en mois")
    is_quick_win = models.BooleanField("gain rapide")
    impact = models.PositiveSmallIntegerField("impact", validators=[MinValueValidator(1), MaxValueValidator(5)])
    impact_rationale = models.CharField("ce qui fonde l’impact", max_length=300, blank=True)
    is_for_small_authority = models.BooleanField("adapté aux petites équipes")
    prerequisite_codes = models.JSONField("leviers conseillés avant", default=list, blank=True)
    synergy_codes = models.JSONField("leviers qui se renforcent", default=list, blank=True)
    simulation = models.JSONField("effet sur l’inventaire", null=True, blank=True)
    steps = models.JSONField("étapes", default=list, blank=True)
    indicators = models.JSONField(
        "indicateurs", default=list, blank=True, help_text="liste de {name, unit, direction, formula, baseline_hint}"
    )
    means = models.JSONField("moyens", default=dict, blank=True, help_text="{human, budget, caveat}")
    risks = models.JSONField("risques", default=list, blank=True)
    duty_codes = models.JSONField("obligations liées", default=list, blank=True)
    legal_references = models.JSONField("textes", default=list, blank=True)
    sources = models.JSONField("sources", default=list, blank=True, help_text="liste de {label, ref}")
    position = models.PositiveSmallIntegerField("rang")
    search_text = models.TextField("texte de recherche, sans accent ni casse")

    objects = LeverQuerySet.as_manager()

    class Meta:
        verbose_name = "levier"
        ordering: ClassVar = ["catalogue", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["catalogue", "code"], name="levers_lever_unique"),
            models.UniqueConstraint(fields=["authority", "code"], name="levers_lever_local_unique"),
            models.CheckConstraint(
                condition=Q(catalogue__isnull=False, authority__isnull=True, local_state="proposed")
                | Q(catalogue__isnull=True, authority__isnull=False),
                name="levers_lever_published_or_local",
                violation_error_message="Un levier est du catalogue publié, ou d’une collectivité.",
            ),
            models.CheckConstraint(
                condition=Q(effort__range=(1, 5), impact__range=(1, 5)), name="levers_lever_marks_out_of_five"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_local(self) -> bool:
        return self.authority_id is not None

    @property
    def is_proposed(self) -> bool:
        return self.local_state == LocalState.PROPOSED

    @property
    def lead_code(self) -> str:
        return self.lead_service.code if self.lead_service else ""

    @property
    def lead_name(self) -> str:
        return self.lead_service.name if self.lead_service else "à préciser"

    @property
    def stem(self) -> str:
        """The code that all the versions of a local lever share; that of a published lever."""
        return self.code.split(".")[0] if self.is_local else self.code

    @property
    def origin(self) -> str:
        """« Levier local, partagé par … », empty for a published lever."""
        if not self.is_local:
            return ""
        shared = f", partagé par {self.shared_as}" if self.shared_as else ""
        state = "" if self.is_proposed else f" ({self.get_local_state_display()})"
        return f"Levier local{shared}{state}"


class Shortlist(VersionedModel):
    """Levers preselected for a démarche, then validated by its steering committee. The highest number is current."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="shortlists", verbose_name="démarche")
    number = models.PositiveSmallIntegerField("numéro", default=1)
    catalogue = models.ForeignKey(
        LeverCatalogue, models.PROTECT, related_name="shortlists", verbose_name="version du catalogue"
    )
    state = models.CharField("état", max_length=10, choices=ShortlistState.choices, default=ShortlistState.DRAFT)
    submitted_at = models.DateTimeField("soumise le", null=True, blank=True)
    validated_on = models.DateField("validée le", null=True, blank=True)
    validation_body = models.CharField("validée par", max_length=120, blank=True)
    validation_note = models.TextField("note de validation", blank=True)
    validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="validation enregistrée par",
    )

    objects = OfInitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "présélection"
        ordering: ClassVar = ["initiative", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["initiative", "number"], name="levers_shortlist_unique"),
            models.CheckConstraint(
                condition=~Q(state="validated") | (Q(validated_on__isnull=False) & ~Q(validation_body="")),
                name="levers_shortlist_validation_dated",
                violation_error_message="Une présélection validée porte la date et le nom de l’instance.",
            ),
        ]

    def __str__(self) -> str:
        return f"présélection {self.number} de {self.initiative}"

    @property
    def is_draft(self) -> bool:
        return self.state == ShortlistState.DRAFT

    @property
    def is_submitted(self) -> bool:
        return self.state == ShortlistState.SUBMITTED

    @property
    def is_validated(self) -> bool:
        return self.state == ShortlistState.VALIDATED


class ShortlistedLever(models.Model):
    """A lever of a shortlist; the steering committee may set it aside, with a reason."""

    shortlist = models.ForeignKey(Shortlist, models.CASCADE, related_name="items", verbose_name="présélection")
    lever = models.ForeignKey(Lever, models.RESTRICT, related_name="+", verbose_name="levier")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="ajouté par"
    )
    added_at = models.DateTimeField("ajouté le")
    is_set_aside = models.BooleanField("écarté par l’instance de validation", default=False)
    set_aside_reason = models.CharField("raison de la mise à l’écart", max_length=500, blank=True)

    class Meta:
        verbose_name = "levier présélectionné"
        verbose_name_plural = "leviers présélectionnés"
        ordering: ClassVar = ["lever__position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shortlist", "lever"], name="levers_shortlistedlever_unique"),
            models.CheckConstraint(
                condition=Q(is_set_aside=False) | ~Q(set_aside_reason=""),
                name="levers_shortlistedlever_reason",
                violation_error_message="Dites pourquoi ce levier est écarté.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.lever)


class Ballot(VersionedModel):
    """A vote of the committee on the validated levers. Its closing is computed on read; it is never reopened."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="ballots", verbose_name="démarche")
    number = models.PositiveSmallIntegerField("numéro", default=1)
    # RESTRICT: never deleted alone, but deleting the whole authority works.
    shortlist = models.ForeignKey(Shortlist, models.RESTRICT, related_name="ballots", verbose_name="présélection")
    opens_at = models.DateTimeField("ouverture")
    closes_at = models.DateTimeField("fermeture")
    first_closes_at = models.DateTimeField("fermeture annoncée à l’ouverture")
    names_visibility = models.CharField("qui voit les noms", max_length=10, choices=NamesVisibility.choices)
    quorum = models.PositiveSmallIntegerField("quorum, en nombre de votants", null=True, blank=True)
    voters = models.ManyToManyField(Participant, related_name="ballots", verbose_name="votants")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="ouvert par"
    )
    reminded_at = models.DateTimeField("rappel envoyé le", null=True, blank=True)

    objects = OfInitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "scrutin"
        ordering: ClassVar = ["initiative", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["initiative", "number"], name="levers_ballot_unique"),
            models.CheckConstraint(
                condition=Q(closes_at__gte=F("opens_at")),
                name="levers_ballot_dates_in_order",
                violation_error_message="Le scrutin se ferme après son ouverture.",
            ),
        ]

    def __str__(self) -> str:
        return f"scrutin {self.number} de {self.initiative}"

    @property
    def is_extended(self) -> bool:
        return self.closes_at > self.first_closes_at

    @property
    def names_rule(self) -> str:
        """Who sees the names after the closing, as the end of a sentence."""
        return {
            NamesVisibility.EVERYONE: "les noms seront visibles de toutes les personnes qui lisent les résultats",
            NamesVisibility.REFERENT: "seul le référent verra les noms",
            NamesVisibility.NOBODY: "aucun nom ne sera montré",
            NamesVisibility.DETACHED: "personne ne saura qui a voté quoi\u00a0: les bulletins sont détachés",
        }[NamesVisibility(self.names_visibility)]

    @property
    def is_detached(self) -> bool:
        """Tell whether the grades are on papers that nothing ties to their voter."""
        return self.names_visibility == NamesVisibility.DETACHED

    def voted_pks(self) -> set[int]:
        """Return the participants who have voted at all, whatever they voted. One query."""
        if self.is_detached:
            return set(self.turnouts.values_list("participant_id", flat=True))
        return set(self.votes.values_list("participant_id", flat=True))

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at

    def is_closed(self, now: datetime) -> bool:
        return now >= self.closes_at

    def require_closed(self, now: datetime) -> None:
        """Refuse to reveal anything before the closing: every read of grades begins here."""
        if not self.is_closed(now):
            raise DomainError("Les résultats restent cachés jusqu’à la fermeture du scrutin.")


class Vote(VersionedModel):
    """What a participant thinks of a lever: a grade, or an abstention (`grade` is None)."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="votes", verbose_name="scrutin")
    # RESTRICT: a person who voted is set aside (`is_active`), not deleted.
    participant = models.ForeignKey(Participant, models.RESTRICT, related_name="votes", verbose_name="participant")
    lever = models.ForeignKey(Lever, models.RESTRICT, related_name="+", verbose_name="levier")
    grade = models.PositiveSmallIntegerField("mention", choices=Grade.choices, null=True, blank=True)
    reason = models.CharField("raison", max_length=1000, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="saisi par, depuis un bulletin papier",
    )
    is_on_paper = models.BooleanField("bulletin papier", default=False)

    class Meta:
        verbose_name = "vote"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ballot", "participant", "lever"],
                name="levers_vote_unique",
                violation_error_message="Cette personne a déjà voté sur ce levier.",
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__range=(1, 5)), name="levers_vote_known_grade"
            ),
        ]

    def __str__(self) -> str:
        # Neither the grade nor the reason: a vote may end in a log while the ballot is open.
        return f"vote {self.pk}"


class Turnout(models.Model):
    """Who has voted in a ballot with detached papers: never what, never when."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="turnouts", verbose_name="scrutin")
    # RESTRICT, as a vote.
    participant = models.ForeignKey(Participant, models.RESTRICT, related_name="turnouts", verbose_name="participant")
    is_on_paper = models.BooleanField("bulletin papier", default=False)

    class Meta:
        verbose_name = "émargement"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ballot", "participant"],
                name="levers_turnout_unique",
                violation_error_message="Cette personne a déjà voté.",
            ),
        ]

    def __str__(self) -> str:
        return f"émargement de {self.participant}"


class BallotPaper(models.Model):
    """The grades of one voter, whom nothing names: no link, no time, no order.

    The key is the hash of a secret that only the voter's browser holds. `answers`: code of the lever →
    `{"grade": 1 to 5, or None for an abstention, "reason": text}`, in the order of the codes.
    """

    key = models.CharField("empreinte du secret", max_length=64, primary_key=True, default=new_paper_key)
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="papers", verbose_name="scrutin")
    answers = models.JSONField("réponses", default=dict)

    class Meta:
        verbose_name = "bulletin détaché"
        verbose_name_plural = "bulletins détachés"

    def __str__(self) -> str:
        # As a vote: neither a grade nor what would find it again.
        return "bulletin détaché"


class DecisionQuerySet(OfInitiativeQuerySet):
    def with_lever(self) -> "DecisionQuerySet":
        return self.select_related("lever__theme", "lever__dimension", "lever__lead_service", "decided_by")

    def retained(self) -> "DecisionQuerySet":
        return self.filter(verdict=Verdict.RETAINED)

    def about(self, lever_pks: Collection[int]) -> "DecisionQuerySet":
        return self.filter(lever_id__in=lever_pks)


class Decision(VersionedModel):
    """What a person decided about a lever, and why. The vote informs it and never takes its place."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="decisions", verbose_name="démarche")
    lever = models.ForeignKey(Lever, models.RESTRICT, related_name="+", verbose_name="levier")
    ballot = models.ForeignKey(
        Ballot, models.RESTRICT, null=True, blank=True, related_name="decisions", verbose_name="scrutin"
    )
    verdict = models.CharField("décision", max_length=10, choices=Verdict.choices)
    reason = models.CharField("raison", max_length=1000)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="décidé par"
    )
    decided_at = models.DateTimeField("décidé le")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        ordering: ClassVar = ["lever__position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["initiative", "lever"],
                name="levers_decision_unique",
                violation_error_message="Une décision existe déjà pour ce levier.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="levers_decision_reason",
                violation_error_message="Dites la raison de la décision.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lever}\u00a0: {self.get_verdict_display()}"

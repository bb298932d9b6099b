"""Questionnaire of maturity, rounds of ratings, agreed levels."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet

from authorities.enums import Perimeter, Track
from authorities.models import Initiative, OfInitiativeQuerySet, Participant
from common.versioning import VersionedModel
from diagnostics.enums import LEVELS, DiagnosisState
from reference.models import Dimension, Service, Theme

COMMENT_MAX_LENGTH = 2_000
MINUTES_MAX_LENGTH = 5_000


def evidence_path(evidence: "Evidence", filename: str) -> str:
    """Return the path of a file under the private folder; its name holds the digest of its bytes."""
    return f"pieces/{evidence.diagnosis.initiative.authority.slug}/{filename}"


class Questionnaire(models.Model):
    """One version of the questionnaire. A version that a diagnosis uses is never altered."""

    code = models.SlugField("version", max_length=40, unique=True)
    title = models.CharField("intitulé", max_length=150)
    note = models.TextField("note", blank=True)
    scale = models.JSONField("échelle", default=list, help_text="intitulé de chaque niveau, de 0 à 4")
    abstention = models.CharField("intitulé de l’abstention", max_length=80)
    dimension_phrases = models.JSONField(
        "dimensions dans une phrase", default=dict, help_text="code → «\u00a0les achats\u00a0», pour les titres"
    )
    is_current = models.BooleanField("proposée aux nouveaux diagnostics", default=False)
    content_hash = models.CharField("empreinte du contenu", max_length=64)
    source = models.JSONField("contenu publié", default=dict, help_text="dans la forme du fichier")

    class Meta:
        verbose_name = "questionnaire"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="diagnostics_questionnaire_one_current",
                violation_error_message="Une seule version du questionnaire est proposée aux nouveaux diagnostics.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_used(self) -> bool:
        return self.diagnoses.exists()


class QuestionQuerySet(models.QuerySet["Question"]):
    def for_track(self, track: str) -> "QuestionQuerySet":
        """Keep the questions asked in this track: all of them, or the essential ones."""
        return self.filter(is_flash=True) if track == Track.LIGHT else self

    def in_order(self) -> "QuestionQuerySet":
        return self.select_related("dimension").order_by("dimension__position", "position")


class Question(models.Model):
    """A question of the questionnaire, with the services that usually know the answer."""

    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, related_name="questions", verbose_name="questionnaire"
    )
    dimension = models.ForeignKey(Dimension, models.PROTECT, related_name="questions", verbose_name="dimension")
    code = models.CharField("code", max_length=12)
    title = models.CharField("titre", max_length=80)
    text = models.CharField("question", max_length=250)
    is_flash = models.BooleanField("dans le parcours allégé", default=False)
    perimeter = models.CharField("périmètre", max_length=12, choices=Perimeter.choices)
    themes = models.ManyToManyField(Theme, blank=True, related_name="questions", verbose_name="thèmes du décret")
    services = models.ManyToManyField(Service, related_name="questions", verbose_name="services qui savent")
    duty_codes = models.JSONField("obligations liées", default=list)
    duty_level = models.PositiveSmallIntegerField("niveau attendu par l’obligation", null=True, blank=True)
    legal_reference = models.CharField("ce que dit la loi", max_length=250, blank=True)
    sources = models.JSONField("sources", default=list)
    position = models.PositiveSmallIntegerField("rang dans la dimension")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "question"
        ordering: ClassVar = ["questionnaire", "dimension__position", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["questionnaire", "code"], name="diagnostics_question_unique"),
            models.CheckConstraint(
                condition=Q(duty_level__isnull=True) | Q(duty_level__lte=LEVELS[-1]),
                name="diagnostics_question_duty_level",
                violation_error_message="Le niveau attendu va de 0 à 4.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Level(models.Model):
    """The sentence that describes one level of one question."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="levels", verbose_name="question")
    value = models.PositiveSmallIntegerField("niveau")
    text = models.CharField("texte", max_length=250)

    class Meta:
        verbose_name = "niveau"
        verbose_name_plural = "niveaux"
        ordering: ClassVar = ["question", "value"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "value"], name="diagnostics_level_unique"),
            models.CheckConstraint(condition=Q(value__lte=LEVELS[-1]), name="diagnostics_level_range"),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.text}"


class ConsistencyCheck(models.Model):
    """A question to ask when agreed levels of one version, or known facts, agree badly. Corrected in place."""

    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, related_name="consistency_checks", verbose_name="questionnaire"
    )
    code = models.SlugField("code", max_length=40)
    title = models.CharField("titre", max_length=80)
    conditions = models.JSONField(
        "conditions", default=list, help_text="toutes remplies\u202f; lues par diagnostics/consistency.py"
    )
    ask = models.CharField("question à se poser", max_length=250)
    review = models.CharField("à relire", max_length=150)
    position = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "question de cohérence"
        verbose_name_plural = "questions de cohérence"
        ordering: ClassVar = ["questionnaire", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["questionnaire", "code"], name="diagnostics_consistencycheck_unique")
        ]

    def __str__(self) -> str:
        return self.title


class Diagnosis(VersionedModel):
    """A round: people rate alone until it closes, then a meeting agrees on the levels.

    Open and closed are not stored: they are worked out from `closes_at` when the round is read, so that it closes at
    its hour even if no job runs.
    """

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="diagnoses", verbose_name="démarche")
    number = models.PositiveSmallIntegerField("numéro")
    questionnaire = models.ForeignKey(
        Questionnaire, models.PROTECT, related_name="diagnoses", verbose_name="questionnaire"
    )
    track = models.CharField("parcours", max_length=10, choices=Track.choices)
    raters = models.ManyToManyField(
        Participant, blank=True, related_name="diagnoses", verbose_name="personnes qui donnent leur avis"
    )
    are_names_shown = models.BooleanField("noms montrés pendant la réunion", default=True)
    opened_at = models.DateTimeField("ouvert le", null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="ouvert par"
    )
    closes_at = models.DateTimeField("clôture", null=True, blank=True)
    reminded_at = models.DateTimeField("dernier rappel", null=True, blank=True)
    agreed_at = models.DateTimeField("terminé le", null=True, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="terminé par"
    )

    objects = OfInitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "diagnostic"
        ordering: ClassVar = ["initiative", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["initiative", "number"], name="diagnostics_diagnosis_unique"),
            models.UniqueConstraint(
                fields=["initiative"],
                condition=Q(opened_at__isnull=True),
                name="diagnostics_diagnosis_one_draft",
                violation_error_message="Un diagnostic est déjà en préparation.",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(closes_at__isnull=False, closes_at__gte=F("opened_at")),
                name="diagnostics_diagnosis_dates_in_order",
                violation_error_message="La clôture vient après l’ouverture.",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | Q(opened_at__isnull=False, agreed_at__gte=F("closes_at")),
                name="diagnostics_diagnosis_agreed_after_closing",
                violation_error_message="Un diagnostic se termine après sa clôture.",
            ),
        ]

    def __str__(self) -> str:
        return f"diagnostic n°\u00a0{self.number}"

    def state_at(self, now: datetime) -> DiagnosisState:
        """Return the state at this moment; nothing has to run for a round to close."""
        if self.opened_at is None or self.closes_at is None:
            return DiagnosisState.DRAFT
        if self.agreed_at is not None:
            return DiagnosisState.AGREED
        return DiagnosisState.OPEN if now < self.closes_at else DiagnosisState.CLOSED

    def is_open(self, now: datetime) -> bool:
        return self.state_at(now) == DiagnosisState.OPEN

    def is_revealed(self, now: datetime) -> bool:
        """Tell whether the ratings may be shown: never before closing."""
        return self.state_at(now) in {DiagnosisState.CLOSED, DiagnosisState.AGREED}

    def asked_questions(self) -> QuerySet[Question]:
        """Return the questions of this round, in the order of the questionnaire, with their dimension."""
        return Question.objects.filter(questionnaire=self.questionnaire_id).for_track(self.track).in_order()


class OfDiagnosisQuerySet(models.QuerySet):
    """Objects that belong to a diagnosis: views reach them through the démarche only."""

    def for_initiative(self, initiative: Initiative) -> "OfDiagnosisQuerySet":
        return self.filter(diagnosis__initiative=initiative)


class Rating(VersionedModel):
    """What one participant thinks of one question. `level` is None for « Je ne me prononce pas », never 0."""

    diagnosis = models.ForeignKey(Diagnosis, models.CASCADE, related_name="ratings", verbose_name="diagnostic")
    # RESTRICT: a person who rated is set aside (`is_active`), not deleted; deleting the whole authority still works.
    participant = models.ForeignKey(Participant, models.RESTRICT, related_name="ratings", verbose_name="participant")
    question = models.ForeignKey(Question, models.PROTECT, related_name="ratings", verbose_name="question")
    level = models.PositiveSmallIntegerField("niveau", null=True, blank=True)
    comment = models.TextField("commentaire", blank=True, max_length=COMMENT_MAX_LENGTH)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="saisi par"
    )
    entered_by_label = models.CharField("nom de la personne qui a saisi", max_length=150, blank=True)
    rated_at = models.DateTimeField("donné le")

    objects = OfDiagnosisQuerySet.as_manager()

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["diagnosis", "participant", "question"],
                name="diagnostics_rating_unique",
                violation_error_message="Cette personne a déjà donné son avis sur cette question.",
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__lte=LEVELS[-1]),
                name="diagnostics_rating_range",
                violation_error_message="Le niveau va de 0 à 4.",
            ),
        ]

    def __str__(self) -> str:
        # The level is not written here: this text reaches logs and error pages.
        return f"avis de {self.participant} sur {self.question}"

    @property
    def is_interview(self) -> bool:
        """Tell whether somebody typed this rating for the participant."""
        return bool(self.entered_by_label)


class AgreedLevel(VersionedModel):
    """The level that the meeting agreed on, with its reason. `level` is None when it left the question open."""

    diagnosis = models.ForeignKey(Diagnosis, models.CASCADE, related_name="agreed_levels", verbose_name="diagnostic")
    question = models.ForeignKey(Question, models.PROTECT, related_name="agreed_levels", verbose_name="question")
    level = models.PositiveSmallIntegerField("niveau retenu", null=True, blank=True)
    reason = models.TextField("motif", blank=True, max_length=COMMENT_MAX_LENGTH)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="auteur"
    )
    decided_at = models.DateTimeField("retenu le")

    objects = OfDiagnosisQuerySet.as_manager()

    class Meta:
        verbose_name = "niveau retenu"
        verbose_name_plural = "niveaux retenus"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["diagnosis", "question"],
                name="diagnostics_agreedlevel_unique",
                violation_error_message="Un niveau est déjà retenu pour cette question.",
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__lte=LEVELS[-1]),
                name="diagnostics_agreedlevel_range",
                violation_error_message="Le niveau va de 0 à 4.",
            ),
        ]

    def __str__(self) -> str:
        return f"niveau retenu pour {self.question}"


class MeetingMinutes(VersionedModel):
    """What the minutes say beside the agreed levels: when, where, who was there, what was decided next.

    The document itself is written from the base each time that it is asked for. `are_names_written` only counts when
    the round shows the names.
    """

    diagnosis = models.OneToOneField(Diagnosis, models.CASCADE, related_name="minutes", verbose_name="diagnostic")
    held_on = models.DateField("date", null=True, blank=True)
    starts_at = models.TimeField("début", null=True, blank=True)
    ends_at = models.TimeField("fin", null=True, blank=True)
    place = models.CharField("lieu", max_length=150, blank=True)
    present = models.ManyToManyField(
        Participant, blank=True, related_name="meeting_minutes", verbose_name="personnes présentes"
    )
    other_people = models.TextField("autres personnes présentes", blank=True, max_length=COMMENT_MAX_LENGTH)
    decisions = models.TextField("décisions et suites", blank=True, max_length=MINUTES_MAX_LENGTH)
    notes = models.TextField("notes", blank=True, max_length=MINUTES_MAX_LENGTH)
    are_names_written = models.BooleanField("noms écrits à côté des avis", default=False)

    objects = OfDiagnosisQuerySet.as_manager()

    class Meta:
        verbose_name = "compte rendu de la réunion"
        verbose_name_plural = "comptes rendus des réunions"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="diagnostics_meetingminutes_hours_in_order",
                violation_error_message="La fin vient après le début.",
            )
        ]

    def __str__(self) -> str:
        return f"compte rendu du {self.diagnosis}"


class Evidence(models.Model):
    """What supports an answer or an agreed level: a link, or a file kept in the private folder."""

    diagnosis = models.ForeignKey(Diagnosis, models.CASCADE, related_name="evidence", verbose_name="diagnostic")
    rating = models.ForeignKey(
        Rating, models.CASCADE, null=True, blank=True, related_name="evidence", verbose_name="avis"
    )
    agreed_level = models.ForeignKey(
        AgreedLevel, models.CASCADE, null=True, blank=True, related_name="evidence", verbose_name="niveau retenu"
    )
    label = models.CharField("intitulé", max_length=120)
    url = models.URLField("adresse", max_length=500, blank=True)
    file = models.FileField("fichier", upload_to=evidence_path, max_length=200, blank=True)
    file_name = models.CharField("nom du fichier", max_length=120, blank=True)
    size_bytes = models.PositiveIntegerField("poids en octets", null=True, blank=True)
    added_at = models.DateTimeField("jointe le")
    # Nobody: the participant joined it alone.
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="jointe par"
    )
    added_by_label = models.CharField("nom de la personne qui l’a jointe", max_length=150, blank=True)

    objects = OfDiagnosisQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce"
        ordering: ClassVar = ["added_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rating=None, agreed_level__isnull=False) | Q(rating__isnull=False, agreed_level=None),
                name="diagnostics_evidence_one_subject",
                violation_error_message="Une pièce appuie un avis ou un niveau retenu.",
            ),
            models.CheckConstraint(
                condition=(~Q(url="") & Q(file="", size_bytes=None)) | (Q(url="", size_bytes__gte=1) & ~Q(file="")),
                name="diagnostics_evidence_link_or_file",
                violation_error_message="Une pièce est une adresse ou un fichier.",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class GridImport(models.Model):
    """A grid that was read and waits for a confirmation. The file is not kept; only who sent it sees its answers."""

    diagnosis = models.ForeignKey(Diagnosis, models.CASCADE, related_name="grids", verbose_name="diagnostic")
    file_name = models.CharField("fichier", max_length=150)
    answers = models.JSONField("réponses", default=list)
    refused = models.JSONField("lignes refusées", default=list)
    untouched_count = models.PositiveIntegerField("réponses inchangées", default=0)
    read_at = models.DateTimeField("lue le")
    applied_at = models.DateTimeField("enregistrée le", null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="compte")

    objects = OfDiagnosisQuerySet.as_manager()

    class Meta:
        verbose_name = "grille déposée"
        verbose_name_plural = "grilles déposées"
        ordering: ClassVar = ["-read_at"]

    def __str__(self) -> str:
        return self.file_name

"""Reference data shared by every authority, loaded from `fixtures/` by `manage.py load_reference`, never coded."""

from typing import ClassVar

from django.db import models


class Service(models.Model):
    """A service of a local authority, as a participant or a question names it."""

    code = models.SlugField("code", max_length=40, unique=True)
    name = models.CharField("nom", max_length=120)
    aliases = models.JSONField("autres noms", default=list)
    position = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        verbose_name = "service"
        ordering: ClassVar = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Theme(models.Model):
    """One of the six optional themes of article D. 2311-15-1 of the CGCT (1° to 6°)."""

    number = models.PositiveSmallIntegerField("numéro", unique=True)
    name = models.CharField("nom", max_length=250)
    short_name = models.CharField("nom court", max_length=80)

    class Meta:
        verbose_name = "thème du décret"
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.number}° {self.name}"


class Dimension(models.Model):
    """A dimension of maturity, in one version of the method (« proposition-1 »)."""

    framework = models.SlugField("version de la méthode", max_length=40)
    code = models.CharField("code", max_length=10)
    name = models.CharField("nom", max_length=120)
    short_name = models.CharField("nom court", max_length=40)
    definition = models.CharField("définition", max_length=300)
    themes = models.ManyToManyField(Theme, verbose_name="thèmes du décret", blank=True, related_name="dimensions")
    position = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "dimension"
        ordering: ClassVar = ["framework", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["framework", "code"], name="reference_dimension_unique")
        ]

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """A legal duty or incentive; its thresholds are dated steps. Who it binds is worked out by `reference.duties`."""

    class Nature(models.TextChoices):
        OBLIGATION = "obligation", "obligation"
        INCENTIVE = "incitation", "incitation"

    class NoteEffect(models.TextChoices):
        NONE = "", "précise"
        RESTRICTS = "restricts", "restreint"
        EXTENDS = "extends", "étend"

    class Direction(models.TextChoices):
        MINIMUM = "min", "au moins"
        MAXIMUM = "max", "au plus"

    code = models.SlugField("code", max_length=60, unique=True)
    title = models.CharField("intitulé", max_length=250)
    nature = models.CharField("nature", max_length=20, choices=Nature.choices)
    kinds = models.JSONField("natures de collectivité visées", default=list, help_text="liste vide : toutes")
    population_over = models.PositiveIntegerField("population au-delà de", null=True, blank=True)
    kinds_without_threshold = models.JSONField("natures visées sans condition de population", default=list)
    note = models.CharField("précision sur les collectivités visées", max_length=250, blank=True)
    note_effect = models.CharField(
        "effet de la précision", max_length=10, choices=NoteEffect.choices, default=NoteEffect.NONE, blank=True
    )
    unit = models.CharField("unité", max_length=60, blank=True)
    direction = models.CharField("sens du seuil", max_length=3, choices=Direction.choices, blank=True)
    content = models.JSONField("contenu exigé", default=list)
    legal_reference = models.TextField("référence")
    former_references = models.JSONField(
        "références antérieures",
        default=list,
        blank=True,
        help_text="liste de {until, reference} : la référence telle qu’elle se lisait avant cette date",
    )
    check_codes = models.JSONField("points de contrôle liés", default=list)
    to_verify = models.TextField("à vérifier", blank=True)
    position = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        verbose_name = "obligation"
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.title


class DutyStep(models.Model):
    """A threshold of a duty, in force from a date until the next step."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="steps", verbose_name="obligation")
    starts_on = models.DateField("à partir du")
    value = models.DecimalField("valeur", max_digits=10, decimal_places=2, null=True, blank=True)
    text_on = models.DateField("date du texte qui le fixe", null=True, blank=True)

    class Meta:
        verbose_name = "palier"
        ordering: ClassVar = ["duty", "starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["duty", "starts_on"], name="reference_dutystep_unique")
        ]

    def __str__(self) -> str:
        return f"{self.duty} à partir du {self.starts_on:%d/%m/%Y}"


class Territory(models.Model):
    """A commune or an EPCI à fiscalité propre of the national list (INSEE, DGCL)."""

    class Kind(models.TextChoices):
        COMMUNE = "commune", "commune"
        EPCI = "epci_fp", "EPCI à fiscalité propre"

    code = models.CharField("code INSEE ou SIREN", max_length=9, unique=True)
    siren = models.CharField("SIREN", max_length=9, blank=True, db_index=True)
    kind = models.CharField("type", max_length=10, choices=Kind.choices)
    nature = models.CharField("nature juridique", max_length=60)
    name = models.CharField("nom", max_length=150)
    search_name = models.CharField("nom sans accent ni casse", max_length=150, db_index=True)
    department_code = models.CharField("département", max_length=3)
    population = models.PositiveIntegerField("population municipale", null=True)
    population_total = models.PositiveIntegerField("population totale", null=True)

    class Meta:
        verbose_name = "territoire"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class PopulationStratum(models.Model):
    """Authorities of one kind that are alike by their population: from `population_from` up to the next stratum."""

    code = models.SlugField("code", max_length=40, unique=True)
    name = models.CharField("nom", max_length=80)
    kind = models.CharField("type de collectivité", max_length=12)
    population_from = models.PositiveIntegerField("à partir de (habitants)")
    position = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        verbose_name = "strate de population"
        verbose_name_plural = "strates de population"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "population_from"], name="reference_populationstratum_unique")
        ]

    def __str__(self) -> str:
        return self.name


class CalendarPreset(models.Model):
    """A backward planning: weeks before the council for each meeting or milestone."""

    code = models.SlugField("code", max_length=40, unique=True)
    name = models.CharField("nom", max_length=120)
    steps = models.JSONField("étapes", default=list, help_text="liste de {code, label, week, meeting}")
    position = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        verbose_name = "calendrier type"
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.name


class DocumentKind(models.Model):
    """A kind of existing document (SDSI, PCAET…) and what to look for in it."""

    code = models.SlugField("code", max_length=40, unique=True)
    name = models.CharField("nom", max_length=150)
    look_for = models.CharField("ce qu’il faut y chercher", max_length=250)
    dimension_codes = models.JSONField("dimensions éclairées", default=list)
    position = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        verbose_name = "type de document"
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.name


class Prerequisite(models.Model):
    """An item of the checklist of prerequisites (method, section 1.3)."""

    code = models.SlugField("code", max_length=40, unique=True)
    text = models.CharField("intitulé", max_length=200)
    help_text = models.CharField("aide", max_length=300, blank=True)
    is_for_obliged_only = models.BooleanField("obligatoire seulement au-delà du seuil légal", default=False)
    is_in_light_track = models.BooleanField("dans le parcours allégé", default=True)
    position = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        verbose_name = "prérequis"
        verbose_name_plural = "prérequis"
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.text


class ComplianceCheck(models.Model):
    """One point of the checklist C-01 … C-29: what a roadmap usable as a REEN strategy holds."""

    class Level(models.TextChoices):
        BLOCKING = "B", "bloquant"
        RECOMMENDED = "R", "recommandé"

    code = models.CharField("code", max_length=4, unique=True)
    text = models.CharField("le document contient", max_length=250)
    level = models.CharField("niveau", max_length=1, choices=Level.choices)
    is_yearly = models.BooleanField("point de l’encart annuel", default=False)
    traced_to = models.CharField("origine", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        verbose_name = "point de contrôle"
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authorities", "0003_draft"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="invitation_note",
            field=models.TextField(blank=True, default="", verbose_name="mot joint à l’invitation"),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="CommitteeImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="créé le")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="modifié le")),
                ("source", models.CharField(max_length=150, verbose_name="origine")),
                ("lines", models.JSONField(default=list, verbose_name="lignes")),
                ("services", models.JSONField(default=dict, verbose_name="services choisis")),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "à confirmer"), ("applied", "confirmée")],
                        default="pending",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("read_at", models.DateTimeField(verbose_name="lue le")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="compte",
                    ),
                ),
                (
                    "initiative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="committee_imports",
                        to="authorities.initiative",
                        verbose_name="démarche",
                    ),
                ),
            ],
            options={
                "verbose_name": "liste de personnes",
                "verbose_name_plural": "listes de personnes",
                "ordering": ["-read_at", "-pk"],
            },
        ),
    ]

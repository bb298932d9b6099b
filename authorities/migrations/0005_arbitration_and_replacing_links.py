from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authorities", "0004_committee_list"),
    ]

    operations = [
        migrations.AddField(
            model_name="membershiprequest",
            name="answer_reason",
            field=models.CharField(blank=True, max_length=500, verbose_name="raison de la réponse"),
        ),
        migrations.AddField(
            model_name="membershiprequest",
            name="is_arbitrated",
            field=models.BooleanField(default=False, verbose_name="traitée par l’administration nationale"),
        ),
        migrations.AddField(
            model_name="personallink",
            name="replaces_former",
            field=models.BooleanField(default=False, verbose_name="remplace les précédents une fois confirmé"),
        ),
    ]

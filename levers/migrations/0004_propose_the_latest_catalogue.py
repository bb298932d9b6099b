from django.db import migrations


def propose_the_latest(apps, schema_editor):
    """Propose the catalogue that was offered until now: the last published."""
    catalogues = apps.get_model("levers", "LeverCatalogue").objects.order_by("-published_on", "-pk")
    latest = catalogues.first()
    if latest is not None and not catalogues.filter(is_current=True).exists():
        latest.is_current = True
        latest.save(update_fields=["is_current"])


class Migration(migrations.Migration):

    dependencies = [
        ("levers", "0003_published_content"),
    ]

    operations = [migrations.RunPython(propose_the_latest, migrations.RunPython.noop)]

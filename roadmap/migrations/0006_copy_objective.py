"""An action may serve several objectives: the one that it served becomes the first of them."""

from django.db import migrations


def copy_objective(apps, schema_editor):
    sheet_model = apps.get_model("roadmap", "ActionSheet")
    through = sheet_model.objectives.through
    pairs = sheet_model.objects.exclude(objective=None).values_list("pk", "objective_id")
    through.objects.bulk_create(through(actionsheet_id=sheet, objective_id=objective) for sheet, objective in pairs)


def keep_one_objective(apps, schema_editor):
    sheet_model = apps.get_model("roadmap", "ActionSheet")
    for link in sheet_model.objectives.through.objects.order_by("-objective__number"):
        sheet_model.objects.filter(pk=link.actionsheet_id).update(objective_id=link.objective_id)


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0005_sheet_life")]

    operations = [migrations.RunPython(copy_objective, keep_one_objective)]

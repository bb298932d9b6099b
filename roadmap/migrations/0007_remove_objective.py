from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0006_copy_objective")]

    operations = [migrations.RemoveField(model_name="actionsheet", name="objective")]

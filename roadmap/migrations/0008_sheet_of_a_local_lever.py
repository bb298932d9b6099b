
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('levers', '0007_local_levers'),
        ('roadmap', '0007_remove_objective'),
    ]

    operations = [
        migrations.AlterField(
            model_name='actionsheet',
            name='lever',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='levers.lever', verbose_name='levier d’origine'),
        ),
    ]

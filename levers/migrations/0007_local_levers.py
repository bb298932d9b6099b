
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0012_receipts_of_votes'),
        ('levers', '0006_workshop'),
        ('reference', '0003_population_stratum'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='lever',
            name='author',
            field=models.ForeignKey(blank=True, help_text='seule personne qui a écrit ce texte ; vide quand plusieurs l’ont écrit', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='écrit par'),
        ),
        migrations.AddField(
            model_name='lever',
            name='authority',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='local_levers', to='authorities.authority', verbose_name='collectivité, pour un levier local'),
        ),
        migrations.AddField(
            model_name='lever',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now, verbose_name='créé le'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='lever',
            name='local_state',
            field=models.CharField(choices=[('proposed', 'proposé'), ('replaced', 'remplacé par une version plus récente'), ('withdrawn', 'retiré')], default='proposed', max_length=10, verbose_name='état du levier local'),
        ),
        migrations.AddField(
            model_name='lever',
            name='revision',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='version du levier local'),
        ),
        migrations.AddField(
            model_name='lever',
            name='share_key',
            field=models.CharField(blank=True, editable=False, max_length=32, verbose_name='clé commune des copies partagées'),
        ),
        migrations.AddField(
            model_name='lever',
            name='shared_as',
            field=models.CharField(blank=True, max_length=120, verbose_name='partagé au nom de'),
        ),
        migrations.AddField(
            model_name='lever',
            name='updated_at',
            field=models.DateTimeField(auto_now=True, verbose_name='modifié le'),
        ),
        migrations.AddField(
            model_name='lever',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name='version'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='lever',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='levers.lever', verbose_name='levier'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='audience_codes',
            field=models.JSONField(blank=True, default=list, verbose_name='services concernés'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='catalogue',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='levers', to='levers.levercatalogue', verbose_name='version du catalogue'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='description',
            field=models.TextField(blank=True, verbose_name='description'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='duty_codes',
            field=models.JSONField(blank=True, default=list, verbose_name='obligations liées'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='impact_rationale',
            field=models.CharField(blank=True, max_length=300, verbose_name='ce qui fonde l’impact'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='indicators',
            field=models.JSONField(blank=True, default=list, help_text='liste de {name, unit, direction, formula, baseline_hint}', verbose_name='indicateurs'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='lead_service',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.service', verbose_name='service pressenti'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='legal_references',
            field=models.JSONField(blank=True, default=list, verbose_name='textes'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='means',
            field=models.JSONField(blank=True, default=dict, help_text='{human, budget, caveat}', verbose_name='moyens'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='prerequisite_codes',
            field=models.JSONField(blank=True, default=list, verbose_name='leviers conseillés avant'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='question_codes',
            field=models.JSONField(blank=True, default=list, verbose_name='questions du diagnostic'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='risks',
            field=models.JSONField(blank=True, default=list, verbose_name='risques'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='secondary_dimension_codes',
            field=models.JSONField(blank=True, default=list, verbose_name='autres dimensions'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='sources',
            field=models.JSONField(blank=True, default=list, help_text='liste de {label, ref}', verbose_name='sources'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='steps',
            field=models.JSONField(blank=True, default=list, verbose_name='étapes'),
        ),
        migrations.AlterField(
            model_name='lever',
            name='synergy_codes',
            field=models.JSONField(blank=True, default=list, verbose_name='leviers qui se renforcent'),
        ),
        migrations.AlterField(
            model_name='parkedlever',
            name='lever',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='levers.lever', verbose_name='levier'),
        ),
        migrations.AlterField(
            model_name='secondvote',
            name='lever',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='levers.lever', verbose_name='levier'),
        ),
        migrations.AlterField(
            model_name='shortlistedlever',
            name='lever',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='levers.lever', verbose_name='levier'),
        ),
        migrations.AlterField(
            model_name='vote',
            name='lever',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='levers.lever', verbose_name='levier'),
        ),
        migrations.AlterField(
            model_name='workshop',
            name='current',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='levers.lever', verbose_name='levier projeté'),
        ),
        migrations.AlterField(
            model_name='workshopdecision',
            name='lever',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='levers.lever', verbose_name='levier'),
        ),
        migrations.AddConstraint(
            model_name='lever',
            constraint=models.UniqueConstraint(fields=('authority', 'code'), name='levers_lever_local_unique'),
        ),
        migrations.AddConstraint(
            model_name='lever',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('authority__isnull', True), ('catalogue__isnull', False), ('local_state', 'proposed')), models.Q(('authority__isnull', False), ('catalogue__isnull', True)), _connector='OR'), name='levers_lever_published_or_local', violation_error_message='Un levier est du catalogue publié, ou d’une collectivité.'),
        ),
    ]

import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.db import migrations, models

from rochdale.shared.postgres import scripts


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=12)),
                ('person', models.UUIDField(null=True)),
                ('made_at', models.DateTimeField()),
                ('turn', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person',), name='members_one_party_per_person'), models.CheckConstraint(condition=models.Q(('kind__in', ('person', 'organisation'))), name='members_party_kind'), models.CheckConstraint(condition=models.Q(('kind', 'person'), ('person__isnull', True), _connector='OR'), name='members_organisation_has_no_log_in')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Representative',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='representatives', to='members.party')),
                ('representative', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='represents', to='members.party')),
                ('from_at', models.DateTimeField()),
                ('until_at', models.DateTimeField(null=True)),
                ('act', models.CharField(max_length=120)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('until_at__isnull', True)), fields=('organisation', 'representative'), name='members_represents_once_at_a_time'), models.CheckConstraint(condition=models.Q(('until_at__isnull', True), ('until_at__gte', models.F('from_at')), _connector='OR'), name='members_represents_forward_in_time')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='applications', to='members.party')),
                ('class_code', models.CharField(max_length=30)),
                ('applied_at', models.DateTimeField()),
                ('bylaws_version', models.PositiveIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['party', 'class_code'], name='members_application_of')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='ApplicationEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='members.application')),
                ('step', models.PositiveSmallIntegerField()),
                ('state', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('by_party', models.UUIDField(null=True)),
                ('act', models.CharField(max_length=120)),
                ('reason_code', models.CharField(blank=True, max_length=40)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('application', 'step'), name='members_application_step_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'applied'), ('step', 1)), models.Q(('state__in', ('admitted', 'refused')), ('step', 2)), models.Q(('state', 'appealed'), ('step', 3)), models.Q(('state__in', ('appeal_upheld', 'appeal_rejected')), ('step', 4)), _connector='OR'), name='members_application_step_fits_state'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('refused', 'appeal_rejected')), _negated=True), models.Q(('reason_code', ''), _negated=True), _connector='OR'), name='members_refusal_has_a_reason'), models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='members_application_event_has_act')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='DeskCredential',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='desk_credentials', to='members.party')),
                ('version', models.PositiveIntegerField()),
                ('pin_hash', models.CharField(max_length=200)),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.UUIDField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('party', 'version'), name='members_one_pin_per_version')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='DeskCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('credential', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='codes', to='members.deskcredential')),
                ('position', models.PositiveSmallIntegerField()),
                ('code_hash', models.CharField(max_length=200)),
                ('used_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('credential', 'position'), name='members_one_code_per_place')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='DeskAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='desk_attempts', to='members.party')),
                ('credential', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.deskcredential')),
                ('officer', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
                ('passed', models.BooleanField()),
                ('key', models.CharField(max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['party', 'at'], name='members_desk_attempts_of')],
                'constraints': [models.UniqueConstraint(fields=('party', 'key'), name='members_desk_attempt_once')],
            },
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='MemberClass',
            fields=[
                ('code', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=80)),
                ('explanation', models.TextField(blank=True)),
                ('votes', models.BooleanField()),
                ('defined_at', models.DateTimeField()),
                ('act', models.CharField(max_length=120)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('party', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, related_name='member', to='members.party')),
                ('admitted_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('application', models.ForeignKey(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.application')),
                ('act', models.CharField(max_length=120)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='members_number_starts_at_one'), models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='members_admission_has_act')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='MembershipStart',
            fields=[
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='start', serialize=False, to='members.member')),
                ('effective_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('rule', models.CharField(max_length=40)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='ClassMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='classes', to='members.member')),
                ('class_code', models.ForeignKey(db_column='class_code', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.memberclass')),
                ('from_at', models.DateTimeField()),
                ('until_at', models.DateTimeField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('act', models.CharField(max_length=120)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('until_at__isnull', True)), fields=('member', 'class_code'), name='members_in_a_class_once'), models.CheckConstraint(condition=models.Q(('until_at__isnull', True), ('until_at__gte', models.F('from_at')), _connector='OR'), name='members_in_class_forward_in_time'), models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='members_class_has_act')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='RegisterInspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('person', models.UUIDField(null=True)),
                ('party', models.UUIDField(null=True)),
                ('purpose_sealed', models.BinaryField()),
                ('shown_holdings', models.BooleanField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='ShareClass',
            fields=[
                ('code', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=80)),
                ('currency', models.CharField(max_length=3)),
                ('withdrawable', models.BooleanField()),
                ('defined_at', models.DateTimeField()),
                ('act', models.CharField(max_length=120)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='ShareMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='share_movements', to='members.party')),
                ('share_class', models.ForeignKey(db_column='share_class', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.shareclass')),
                ('kind', models.CharField(max_length=12)),
                ('shares', models.PositiveIntegerField()),
                ('par_value', models.BigIntegerField()),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('effective_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('act', models.CharField(max_length=120)),
                ('subscription', models.ForeignKey(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='followed_by', to='members.sharemovement')),
                ('posting', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['party', 'effective_at'], name='members_shares_of_a_party')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='members_share_amount_above_zero'), models.CheckConstraint(condition=models.Q(('par_value__gt', 0)), name='members_share_par_above_zero'), models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='members_share_movement_has_act'), models.CheckConstraint(condition=models.Q(models.Q(('amount', django.db.models.expressions.CombinedExpression(models.F('shares'), '*', models.F('par_value'))), ('kind', 'subscribed'), ('posting__isnull', True), ('shares__gt', 0), ('subscription__isnull', True)), models.Q(('kind', 'paid'), ('posting__isnull', False), ('shares', 0), ('subscription__isnull', False)), models.Q(('amount', django.db.models.expressions.CombinedExpression(models.F('shares'), '*', models.F('par_value'))), ('kind', 'withdrawn'), ('posting__isnull', False), ('shares__gt', 0), ('subscription__isnull', False)), _connector='OR'), name='members_share_movement_fits_kind'), models.UniqueConstraint(fields=('posting',), name='members_one_share_movement_a_posting')],
            },
        ),
        scripts.run(__file__, "0001_guards"),
        scripts.append_only("members_application", "members_applicationevent", "members_memberclass", "members_member", "members_membershipstart", "members_registerinspection", "members_shareclass", "members_sharemovement", "members_deskcredential", "members_deskattempt"),
    ]

import django.db.models.deletion
from django.db import migrations, models

from rochdale.shared.postgres import scripts


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Turn',
            fields=[
                ('party', models.UUIDField(primary_key=True, serialize=False)),
                ('taken', models.PositiveIntegerField(default=0)),
            ],
            options={
                'indexes': [],
                'constraints': [],
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
            name='DeskDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.UUIDField()),
                ('counted', models.BigIntegerField()),
                ('expected', models.BigIntegerField()),
                ('posting', models.BigIntegerField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('currency',), name='payments_one_open_desk_day'), models.CheckConstraint(condition=models.Q(('counted__gte', 0)), name='payments_float_not_negative'), models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('closed_at__gte', models.F('opened_at')), _connector='OR'), name='payments_desk_day_forward_in_time')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='DeskCount',
            fields=[
                ('day', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='count', serialize=False, to='payments.deskday')),
                ('at', models.DateTimeField()),
                ('by', models.UUIDField()),
                ('counted', models.BigIntegerField()),
                ('expected', models.BigIntegerField()),
                ('posting', models.BigIntegerField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('counted__gte', 0)), name='payments_count_not_negative')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('party', models.UUIDField()),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('rail', models.CharField(max_length=8)),
                ('maker', models.UUIDField()),
                ('proposed_at', models.DateTimeField()),
                ('why', models.CharField(max_length=30)),
                ('reference_sealed', models.BinaryField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payments_approval_above_zero'), models.CheckConstraint(condition=models.Q(('kind__in', ('top_up', 'refund', 'share_payment'))), name='payments_approval_kind'), models.CheckConstraint(condition=models.Q(('rail__in', ('cash', 'bank'))), name='payments_approval_rail')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='ApprovalDecision',
            fields=[
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='decision', serialize=False, to='payments.approval')),
                ('approved', models.BooleanField()),
                ('checker', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('reason_code', models.CharField(blank=True, max_length=40)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('approved', True), models.Q(('reason_code', ''), _negated=True), _connector='OR'), name='payments_rejection_has_a_reason')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='DeskMovement',
            fields=[
                ('receipt', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('party', models.UUIDField()),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('rail', models.CharField(max_length=8)),
                ('day', models.ForeignKey(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='movements', to='payments.deskday')),
                ('maker', models.UUIDField()),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='movement', to='payments.approval')),
                ('posting', models.BigIntegerField()),
                ('happened_at', models.DateTimeField()),
                ('reference_sealed', models.BinaryField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['party', 'kind', 'happened_at'], name='payments_movements_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payments_movement_above_zero'), models.CheckConstraint(condition=models.Q(('receipt__gt', 0)), name='payments_receipt_starts_at_one'), models.CheckConstraint(condition=models.Q(('kind__in', ('top_up', 'refund', 'share_payment'))), name='payments_movement_kind'), models.CheckConstraint(condition=models.Q(('rail__in', ('cash', 'bank'))), name='payments_movement_rail'), models.CheckConstraint(condition=models.Q(models.Q(('rail', 'cash'), _negated=True), ('day__isnull', False), _connector='OR'), name='payments_cash_needs_a_desk_day'), models.UniqueConstraint(fields=('posting',), name='payments_one_receipt_per_posting')],
            },
        ),
        migrations.CreateModel(
            name='CoverCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('currency', models.CharField(max_length=3)),
                ('owed', models.BigIntegerField()),
                ('cash', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['currency', '-at'], name='payments_latest_cover')],
                'constraints': [],
            },
        ),
        scripts.run(__file__, "0001_guards"),
        scripts.append_only("payments_deskcount", "payments_approval", "payments_approvaldecision", "payments_deskmovement", "payments_covercheck"),
    ]

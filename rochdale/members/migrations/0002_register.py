import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from rochdale.shared.postgres import scripts


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='BuyBackPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shares', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='BuyBackRound',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3)),
                ('budget', models.BigIntegerField()),
                ('prepared_at', models.DateTimeField()),
                ('prepared_by', models.UUIDField(null=True)),
                ('act', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='CopyRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('person', models.UUIDField(null=True)),
                ('party', models.UUIDField(null=True)),
                ('viewer', models.CharField(max_length=10)),
                ('scope', models.CharField(max_length=10)),
                ('purpose_class', models.CharField(max_length=20)),
                ('purpose_sealed', models.BinaryField()),
                ('fee', models.BigIntegerField(default=0)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('act', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='InstalmentReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RegisterExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateTimeField()),
                ('known_at', models.DateTimeField()),
                ('scope', models.CharField(max_length=10)),
                ('members', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('digest_without_names', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('by_party', models.UUIDField(null=True)),
                ('act', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='ShareCertificate',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('shares', models.PositiveIntegerField()),
                ('subscribed', models.BigIntegerField()),
                ('paid', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.UUIDField(null=True)),
                ('code', models.CharField(max_length=24)),
                ('act', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='ShareRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('shares', models.PositiveIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('act', models.CharField(max_length=120)),
                ('bylaws_version', models.PositiveIntegerField(null=True)),
                ('evidence_sealed', models.BinaryField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='sharemovement',
            name='members_share_movement_fits_kind',
        ),
        migrations.AddField(
            model_name='registerinspection',
            name='purpose_class',
            field=models.CharField(default='other', max_length=20),
        ),
        migrations.AddField(
            model_name='registerinspection',
            name='viewer',
            field=models.CharField(default='outsider', max_length=10),
        ),
        migrations.AddField(
            model_name='sharemovement',
            name='came_from',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='led_to', to='members.sharemovement'),
        ),
        migrations.AlterField(
            model_name='sharemovement',
            name='came_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='led_to', to='members.sharemovement'),
        ),
        migrations.AddField(
            model_name='sharemovement',
            name='carried',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='sharemovement',
            name='corrects',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='corrected_by', to='members.sharemovement'),
        ),
        migrations.AlterField(
            model_name='sharemovement',
            name='corrects',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='corrected_by', to='members.sharemovement'),
        ),
        migrations.AddField(
            model_name='sharemovement',
            name='evidence_sealed',
            field=models.BinaryField(null=True),
        ),
        migrations.AddIndex(
            model_name='membershipstart',
            index=models.Index(fields=['effective_at'], name='members_start_effective'),
        ),
        migrations.AddIndex(
            model_name='sharemovement',
            index=models.Index(fields=['recorded_at'], name='members_shares_by_record'),
        ),
        migrations.AddConstraint(
            model_name='sharemovement',
            constraint=models.CheckConstraint(condition=models.Q(('carried__gte', 0), ('carried__lte', models.F('amount'))), name='members_share_carries_at_most_all'),
        ),
        migrations.AddConstraint(
            model_name='sharemovement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('carried', 0), ('kind', 'paid'), ('posting__isnull', False), ('shares', 0), ('subscription__isnull', False)), models.Q(('amount', django.db.models.expressions.CombinedExpression(models.F('shares'), '*', models.F('par_value'))), ('carried', 0), ('kind', 'withdrawn'), ('posting__isnull', False), ('shares__gt', 0), ('subscription__isnull', False)), models.Q(('amount', django.db.models.expressions.CombinedExpression(models.F('shares'), '*', models.F('par_value'))), ('came_from__isnull', True), ('carried', 0), ('kind', 'subscribed'), ('posting__isnull', True), ('shares__gt', 0)), models.Q(('amount', django.db.models.expressions.CombinedExpression(models.F('shares'), '*', models.F('par_value'))), ('kind__in', ('transfer_out', 'inherit_out', 'convert_out')), ('posting__isnull', True), ('shares__gt', 0), ('subscription__isnull', False)), models.Q(('amount', django.db.models.expressions.CombinedExpression(models.F('shares'), '*', models.F('par_value'))), ('came_from__isnull', False), ('kind__in', ('transfer_in', 'inherit_in', 'convert_in')), ('posting__isnull', True), ('shares__gt', 0)), _connector='OR'), name='members_share_row_fits_kind'),
        ),
        migrations.AddConstraint(
            model_name='sharemovement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrects__isnull', False), ('subscription__isnull', False)), models.Q(('corrects__isnull', True), ('kind__in', ('subscribed', 'transfer_in', 'inherit_in', 'convert_in')), ('subscription__isnull', True)), models.Q(('corrects__isnull', True), ('kind__in', ('paid', 'withdrawn', 'transfer_out', 'inherit_out', 'convert_out')), ('subscription__isnull', False)), _connector='OR'), name='members_share_row_has_its_lot'),
        ),
        migrations.AddConstraint(
            model_name='sharemovement',
            constraint=models.UniqueConstraint(fields=('corrects',), name='members_share_row_corrected_once'),
        ),
        migrations.AddConstraint(
            model_name='sharemovement',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects__isnull', True)), fields=('came_from',), name='members_share_row_leads_to_one'),
        ),
        migrations.AddField(
            model_name='buybackpart',
            name='movement',
            field=models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.sharemovement'),
        ),
        migrations.CreateModel(
            name='BuyBackRoundEnd',
            fields=[
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='end', serialize=False, to='members.buybackround')),
                ('state', models.CharField(max_length=10)),
                ('paid', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('by_party', models.UUIDField(null=True)),
                ('act', models.CharField(max_length=120)),
            ],
        ),
        migrations.AddConstraint(
            model_name='buybackround',
            constraint=models.CheckConstraint(condition=models.Q(('budget__gt', 0)), name='members_buy_back_round_budget'),
        ),
        migrations.AddConstraint(
            model_name='buybackround',
            constraint=models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='members_buy_back_round_has_act'),
        ),
        migrations.AddField(
            model_name='buybackpart',
            name='round',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='parts', to='members.buybackround'),
        ),
        migrations.CreateModel(
            name='CopyAnswer',
            fields=[
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='answer', serialize=False, to='members.copyrequest')),
                ('state', models.CharField(max_length=10)),
                ('at', models.DateTimeField()),
                ('by_party', models.UUIDField(null=True)),
                ('reason_code', models.CharField(blank=True, max_length=40)),
                ('act', models.CharField(max_length=120)),
            ],
        ),
        migrations.AddConstraint(
            model_name='copyrequest',
            constraint=models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='members_copy_request_has_act'),
        ),
        migrations.AddField(
            model_name='instalmentreminder',
            name='subscription',
            field=models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.sharemovement'),
        ),
        migrations.AddIndex(
            model_name='registerexport',
            index=models.Index(fields=['known_at'], name='members_register_export_known'),
        ),
        migrations.AddIndex(
            model_name='registerexport',
            index=models.Index(fields=['digest'], name='members_register_export_digest'),
        ),
        migrations.AddConstraint(
            model_name='registerexport',
            constraint=models.CheckConstraint(condition=models.Q(('scope__in', ('full', 'holdings', 'names'))), name='members_register_export_scope'),
        ),
        migrations.AddConstraint(
            model_name='registerexport',
            constraint=models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='members_register_export_has_act'),
        ),
        migrations.AddField(
            model_name='sharecertificate',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.party'),
        ),
        migrations.AddField(
            model_name='sharecertificate',
            name='share_class',
            field=models.ForeignKey(db_column='share_class', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.shareclass'),
        ),
        migrations.CreateModel(
            name='ShareRequestEnd',
            fields=[
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='end', serialize=False, to='members.sharerequest')),
                ('state', models.CharField(max_length=10)),
                ('at', models.DateTimeField()),
                ('by_party', models.UUIDField(null=True)),
                ('act', models.CharField(max_length=120)),
                ('reason_code', models.CharField(blank=True, max_length=40)),
            ],
        ),
        migrations.AddField(
            model_name='sharerequest',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='share_requests', to='members.party'),
        ),
        migrations.AddField(
            model_name='sharerequest',
            name='receiver',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.party'),
        ),
        migrations.AddField(
            model_name='sharerequest',
            name='share_class',
            field=models.ForeignKey(db_column='share_class', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.shareclass'),
        ),
        migrations.AddField(
            model_name='buybackpart',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='parts', to='members.sharerequest'),
        ),
        migrations.AddConstraint(
            model_name='buybackroundend',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paid__gte', 0), ('state', 'released')), models.Q(('paid', 0), ('state', 'dropped')), _connector='OR'), name='members_buy_back_round_end_state'),
        ),
        migrations.AddField(
            model_name='copyanswer',
            name='export',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.registerexport'),
        ),
        migrations.AddConstraint(
            model_name='instalmentreminder',
            constraint=models.UniqueConstraint(fields=('subscription', 'due_at'), name='members_reminded_once'),
        ),
        migrations.AddConstraint(
            model_name='sharecertificate',
            constraint=models.UniqueConstraint(fields=('code',), name='members_certificate_code'),
        ),
        migrations.AddConstraint(
            model_name='sharecertificate',
            constraint=models.CheckConstraint(condition=models.Q(('shares__gt', 0)), name='members_certificate_of_some'),
        ),
        migrations.AddConstraint(
            model_name='sharerequestend',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('done', 'taken_back')), models.Q(('state', 'refused'), models.Q(('reason_code', ''), _negated=True)), _connector='OR'), name='members_share_request_end_state'),
        ),
        migrations.AddConstraint(
            model_name='sharerequestend',
            constraint=models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='members_share_request_end_act'),
        ),
        migrations.AddIndex(
            model_name='sharerequest',
            index=models.Index(fields=['kind', 'asked_at', 'id'], name='members_share_requests_in_turn'),
        ),
        migrations.AddConstraint(
            model_name='sharerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('transfer', 'inheritance')), ('receiver__isnull', False)), models.Q(('kind', 'buy_back'), ('receiver__isnull', True)), _connector='OR'), name='members_share_request_kind'),
        ),
        migrations.AddConstraint(
            model_name='sharerequest',
            constraint=models.CheckConstraint(condition=models.Q(('shares__gt', 0)), name='members_share_request_of_some'),
        ),
        migrations.AddConstraint(
            model_name='sharerequest',
            constraint=models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='members_share_request_has_act'),
        ),
        migrations.AddConstraint(
            model_name='buybackpart',
            constraint=models.CheckConstraint(condition=models.Q(('shares__gt', 0)), name='members_buy_back_part_of_some'),
        ),
        migrations.AddConstraint(
            model_name='copyanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('export__isnull', False), ('reason_code', ''), ('state', 'given')), models.Q(('export__isnull', True), ('state', 'refused'), models.Q(('reason_code', ''), _negated=True)), _connector='OR'), name='members_copy_answer_state'),
        ),
        scripts.append_only("members_sharerequest", "members_sharerequestend", "members_buybackround", "members_buybackroundend", "members_buybackpart", "members_instalmentreminder", "members_sharecertificate", "members_registerexport", "members_copyrequest", "members_copyanswer"),
    ]

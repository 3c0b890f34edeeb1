from django.db import migrations, models

from rochdale.shared.postgres import scripts


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='DataKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.UUIDField()),
                ('retention_class', models.CharField(max_length=20)),
                ('wrapped', models.BinaryField(null=True)),
                ('made_at', models.DateTimeField()),
                ('destroyed_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('party', 'retention_class'), name='privacy_one_key_per_class'), models.CheckConstraint(condition=models.Q(models.Q(('destroyed_at__isnull', False), ('wrapped__isnull', True)), models.Q(('destroyed_at__isnull', True), ('wrapped__isnull', False)), _connector='OR'), name='privacy_key_is_there_or_destroyed')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='SealedRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.UUIDField()),
                ('retention_class', models.CharField(max_length=20)),
                ('version', models.PositiveIntegerField()),
                ('sealed', models.BinaryField()),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('party', 'retention_class', 'version'), name='privacy_one_record_per_version'), models.CheckConstraint(condition=models.Q(('version__gt', 0)), name='privacy_version_starts_at_one')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.UUIDField()),
                ('retention_class', models.CharField(max_length=20)),
                ('forgotten_at', models.DateTimeField()),
                ('reason_code', models.CharField(max_length=40)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('party', 'retention_class'), name='privacy_one_tombstone')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.UUIDField()),
                ('retention_class', models.CharField(max_length=20)),
                ('what', models.CharField(max_length=10)),
                ('mark', models.CharField(max_length=128)),
            ],
            options={
                'indexes': [models.Index(fields=['what', 'mark'], name='privacy_mark_is_looked_up')],
                'constraints': [models.UniqueConstraint(fields=('party', 'what', 'mark'), name='privacy_one_mark')],
            },
        ),
        scripts.run(__file__, "0001_guards"),
        scripts.append_only("privacy_sealedrecord", "privacy_tombstone"),
    ]

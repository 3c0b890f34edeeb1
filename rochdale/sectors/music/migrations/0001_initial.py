import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from rochdale.shared.postgres import scripts


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Artist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.UUIDField()),
                ('name', models.CharField(max_length=300)),
                ('name_key', models.CharField(max_length=200)),
                ('sort_key', models.CharField(max_length=200)),
                ('imported', models.BooleanField()),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['sort_key'], name='music_artist_sort')],
                'constraints': [models.UniqueConstraint(fields=('party',), name='music_artist_party'), models.UniqueConstraint(fields=('name_key',), name='music_artist_name')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('artist', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='music.artist')),
                ('title', models.CharField(max_length=300)),
                ('title_key', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=12)),
                ('released_on', models.DateField(null=True)),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('artist', 'title_key'), name='music_release_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['album', 'ep', 'single', 'compilation', 'live'])), name='music_release_kind')],
            },
        ),
        migrations.CreateModel(
            name='Track',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('artist', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='music.artist')),
                ('release', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='music.release')),
                ('title', models.CharField(max_length=300)),
                ('title_key', models.CharField(max_length=200)),
                ('sort_key', models.CharField(max_length=200)),
                ('words', models.TextField()),
                ('length_ms', models.IntegerField(null=True)),
                ('state', models.CharField(default='paid', max_length=9)),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['sort_key'], name='music_track_sort'), models.Index(fields=['release'], name='music_track_release'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('words', config='simple'), name='music_track_words')],
                'constraints': [models.UniqueConstraint(fields=('artist', 'title_key'), name='music_track_once'), models.CheckConstraint(condition=models.Q(('state__in', ['paid', 'free', 'withdrawn'])), name='music_track_state'), models.CheckConstraint(condition=models.Q(('length_ms__isnull', True), ('length_ms__gt', 0), _connector='OR'), name='music_track_length')],
            },
        ),
        migrations.CreateModel(
            name='Listener',
            fields=[
                ('party', models.UUIDField(primary_key=True, serialize=False)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ImportedListener',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(max_length=64)),
                ('party', models.UUIDField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('fingerprint',), name='music_imported_name'), models.UniqueConstraint(fields=('party',), name='music_imported_party')],
            },
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_hash', models.CharField(max_length=64)),
                ('lines', models.IntegerField()),
                ('funded_from', models.CharField(max_length=80)),
                ('started_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ImportChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='music.importrun')),
                ('number', models.IntegerField()),
                ('lines', models.IntegerField()),
                ('counted', models.IntegerField()),
                ('too_short', models.IntegerField()),
                ('not_charged', models.IntegerField()),
                ('duplicates', models.IntegerField()),
                ('unpaid', models.IntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('charged', models.BigIntegerField()),
                ('to_artists', models.BigIntegerField()),
                ('to_coop', models.BigIntegerField()),
                ('tax', models.BigIntegerField()),
                ('done_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'number'), name='music_chunk_once')],
            },
        ),
        migrations.CreateModel(
            name='Play',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listener', models.UUIDField()),
                ('track', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='music.track')),
                ('event', models.UUIDField()),
                ('happened_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('ms_played', models.IntegerField(null=True)),
                ('outcome', models.CharField(max_length=7)),
                ('nth', models.SmallIntegerField()),
                ('steps', models.SmallIntegerField()),
                ('charged', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('posting', models.BigIntegerField(null=True)),
                ('run', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='music.importrun')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.BrinIndex(fields=['happened_at'], name='music_play_happened'), models.Index(fields=['track'], name='music_play_track')],
                'constraints': [models.UniqueConstraint(fields=('listener', 'event'), name='music_play_event'), models.UniqueConstraint(condition=models.Q(('nth__gt', 0)), fields=('listener', 'track', 'nth'), name='music_play_step'), models.CheckConstraint(condition=models.Q(('outcome__in', ['charged', 'short', 'own', 'free', 'owned'])), name='music_play_outcome'), models.CheckConstraint(condition=models.Q(models.Q(('charged__gt', 0), ('nth__gt', 0), ('outcome', 'charged'), ('posting__isnull', False)), models.Q(models.Q(('outcome', 'charged'), _negated=True), ('charged', 0), ('nth', 0), ('posting__isnull', True)), _connector='OR'), name='music_play_charged'), models.CheckConstraint(condition=models.Q(('ms_played__isnull', True), ('ms_played__gte', 0), _connector='OR'), name='music_play_time'), models.CheckConstraint(condition=models.Q(('nth__lte', models.F('steps'))), name='music_play_within_ladder')],
            },
        ),
        migrations.CreateModel(
            name='Ownership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listener', models.UUIDField()),
                ('track', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='music.track')),
                ('event', models.UUIDField()),
                ('since', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('listener', 'track'), name='music_ownership_once')],
            },
        ),
        scripts.append_only("music_artist", "music_release", "music_importrun", "music_importchunk", "music_play", "music_ownership"),
    ]

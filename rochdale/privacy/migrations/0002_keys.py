import django.db.models.deletion
from django.db import migrations, models

from rochdale.shared.postgres import scripts


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='datakey',
            name='generation',
            field=models.SmallIntegerField(default=1),
        ),
        migrations.CreateModel(
            name='AccessRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.UUIDField()),
                ('retention_class', models.CharField(max_length=20)),
                ('asked_by', models.UUIDField()),
                ('asked_by_person', models.UUIDField(null=True)),
                ('reason_sealed', models.BinaryField()),
                ('asked_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['party', '-id'], name='privacy_access_by_party')],
            },
        ),
        migrations.CreateModel(
            name='AccessOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_by', models.UUIDField()),
                ('opened_at', models.DateTimeField()),
                ('until_at', models.DateTimeField()),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, related_name='opening', to='privacy.accessrequest')),
            ],
        ),
        migrations.CreateModel(
            name='AccessLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('looked_at', models.DateTimeField()),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='looks', to='privacy.accessrequest')),
            ],
        ),
        migrations.CreateModel(
            name='KeyGeneration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.SmallIntegerField()),
                ('check_value', models.CharField(max_length=32)),
                ('earlier', models.BinaryField(null=True)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('number', 'check_value'), name='privacy_generation_once')],
            },
        ),
        scripts.run(__file__, "0002_rewrap"),
        scripts.append_only(
            "privacy_keygeneration", "privacy_accessrequest", "privacy_accessopening", "privacy_accesslook"
        ),
    ]

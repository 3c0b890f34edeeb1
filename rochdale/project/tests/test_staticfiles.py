"""Static files are collected when they changed, with hashed names."""

from rochdale.project import staticfiles


def test_they_are_collected_once(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    assert staticfiles.collect()
    assert not staticfiles.collect()
    assert list((tmp_path / "static").rglob("*.css.gz"))
    (tmp_path / "static" / ".collected").write_text("older")
    assert staticfiles.collect()

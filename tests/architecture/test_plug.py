"""Every module folder is plugged in, and a half-filled plug is refused."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from rochdale.shared import module

ROOT = Path(__file__).parents[2] / "rochdale"
NOT_MODULES = {"shared", "project", "sectors", "locale"}


def module_folders() -> set[str]:
    tops = {path for path in ROOT.iterdir() if path.is_dir() and path.name not in NOT_MODULES | {"__pycache__"}}
    sectors = {path for path in (ROOT / "sectors").iterdir() if path.is_dir() and path.name != "__pycache__"}
    return {".".join(("rochdale", *path.relative_to(ROOT).parts)) for path in tops | sectors}


def test_every_folder_is_plugged() -> None:
    assert module_folders() == {plug.name for plug in module.installed()} - {"rochdale.shared"}


def test_every_module_has_a_readme() -> None:
    for name in module_folders():
        assert (ROOT.parent / name.replace(".", "/") / "README.md").exists(), f"{name} does not say what it is"


def test_the_plugs_as_they_stand_are_whole() -> None:
    assert module.check_plugs(None) == []


class Half(module.Module):
    """A plug that forgot its title, and claims what others have."""

    name = "rochdale.half"
    label = "half"

    def bylaws(self) -> list[module.Bylaw]:
        return [module.Bylaw(key="half.rule", unit="count", title="A rule", help="Help", default=1, means=str)]

    def posting_kinds(self) -> list[module.PostingKind]:
        return [module.PostingKind(code="music.play", title="A play", explanation="Taken")]

    def accounts(self) -> list[module.AccountPlan]:
        return [module.AccountPlan(code="liabilities.half", title="Half", kind="liability", guarded=True)]


def test_a_half_filled_plug_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    half: Any = Half.__new__(Half)
    half.name, half.label = "rochdale.half", "half"
    plugged = [*module.installed(), half]
    monkeypatch.setattr(module, "installed", lambda: iter(plugged))
    found = [str(message.msg) for message in module.check_plugs(None)]
    assert any("says no title" in text for text in found)
    assert any("says no url_prefix" in text for text in found)
    assert any("names no reader" in text for text in found)
    assert any("two modules claim the posting kind music.play" in text for text in found)
    assert any("does not start with its module" in text for text in found)
    assert any("guarded without a floor" in text for text in found)


def test_the_check_is_registered() -> None:
    from django.core.checks.registry import registry

    assert module.check_plugs in registry.registered_checks
    assert apps.ready


def test_every_door_for_upper_modules_is_filled() -> None:
    from dataclasses import fields

    from rochdale.shared.action import Doors, doors

    assert [door.name for door in fields(Doors) if getattr(doors, door.name) is None] == []

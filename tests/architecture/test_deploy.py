"""What `deploy/` hands to an operator fits the program: units systemd accepts, commands and variables that exist."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer
import yaml

from rochdale.project import cli, environment

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*.service")) + sorted(DEPLOY.glob("systemd/*.timer"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
KNOWN = {name for group in environment.GROUPS.values() for name in group}


def commands(unit: Path) -> list[list[str]]:
    lines = [line.partition("=")[2] for line in unit.read_text().splitlines() if line.startswith("ExecStart=")]
    return [shlex.split(line) for line in lines]


def parse(words: list[str]) -> None:
    """Let the command line read the words without running anything; a mistyped command or option raises."""
    cli.mount_sectors()
    command, name, rest = typer.main.get_command(cli.app), "rochdale", words
    while hasattr(command, "commands") and rest:
        name, *rest = rest
        command = command.commands[name]
    command.make_context(name, list(rest))


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_each_unit_starts_a_command_that_exists(unit: Path) -> None:
    found = commands(unit)
    assert found
    for program, *words in found:
        assert program == "/opt/rochdale/.venv/bin/rochdale"
        parse(words)


def test_every_timer_has_its_service() -> None:
    for timer in DEPLOY.glob("systemd/*.timer"):
        assert timer.with_suffix(".service").exists()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace("/opt/rochdale/.venv/bin/rochdale", "/bin/true")
        (tmp_path / unit.name).write_text(re.sub(r"^(User|Group)=rochdale$", r"\1=root", text, flags=re.MULTILINE))
    files = [str(tmp_path / unit.name) for unit in UNITS]
    verdict = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, timeout=60)
    ours = [line for line in verdict.stderr.splitlines() if "rochdale" in line and "No such file or directory" not in line]
    assert ours == []


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_no_unit_runs_as_root_or_may_gain_rights(unit: Path) -> None:
    settings = dict(line.split("=", 1) for line in unit.read_text().splitlines() if re.match(r"\w+=", line))
    assert settings["User"] == "rochdale"
    assert (settings["NoNewPrivileges"], settings["ProtectSystem"], settings["UMask"]) == ("yes", "strict", "0077")


def test_the_example_names_only_variables_that_are_read() -> None:
    lines = (DEPLOY / "systemd/environment.example").read_text().splitlines()
    named = {match[1] for line in lines if (match := re.match(r"#?([A-Z_]+)=", line))}
    assert named
    assert named <= KNOWN


def test_the_container_is_made_from_files_that_exist_and_ends_politely() -> None:
    root = DEPLOY.parent
    text = (DEPLOY / "container/Containerfile").read_text().replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    known = {
        "FROM",
        "WORKDIR",
        "ENV",
        "RUN",
        "COPY",
        "USER",
        "VOLUME",
        "EXPOSE",
        "STOPSIGNAL",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    }
    assert {word for word, _rest in lines} <= known
    ignored = (root / ".dockerignore").read_text().splitlines()
    for word, rest in lines:
        if word == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (root / source).exists(), source
                assert f"!{source}" in ignored, source
    assert ["USER", "rochdale"] in lines
    assert ["STOPSIGNAL", "SIGTERM"] in lines
    parse(["serve", "--host", "0.0.0.0", "--port", "8000"])


def test_the_compose_file_keeps_the_port_on_this_machine_and_names_known_variables() -> None:
    service = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text())["services"]["rochdale"]
    assert service["ports"] == ["127.0.0.1:8000:8000"]
    assert set(service["environment"]) <= KNOWN
    assert service["read_only"] is True


def test_timers_say_when_in_a_way_systemd_reads() -> None:
    for timer in DEPLOY.glob("systemd/*.timer"):
        parsed = configparser.ConfigParser(strict=False)
        parsed.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
        parsed.read(timer)
        assert re.fullmatch(r"(\w{3} )?\*-\*-\* \d\d:\d\d:\d\d", parsed["Timer"]["OnCalendar"])
        assert parsed["Timer"]["Persistent"] == "yes"


def test_every_file_the_program_reads_is_packed_with_it() -> None:
    root = DEPLOY.parent
    packed = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["rochdale"]
    listed = subprocess.run(["git", "ls-files", "rochdale"], cwd=root, capture_output=True, text=True, check=True).stdout.split()
    left_out = [
        name
        for name in listed
        if not name.endswith((".py", "README.md")) and f"**/*{Path(name).suffix}" not in packed and "/tests/" not in name
    ]
    assert left_out == []

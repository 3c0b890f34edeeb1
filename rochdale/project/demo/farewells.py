"""Two who go: Noel is excluded with due process, and somebody who joined later has given notice. Only actions move it."""

from __future__ import annotations

from datetime import timedelta

from rochdale.members import actions as members
from rochdale.members import leaving_jobs
from rochdale.members import queries as register

from .cast import Role
from .stage import Stage

EXCLUDED = Role("Noel Frost", "listener")
FACTS = (
    "On three evenings in a row Noel copied the co-op's recordings onto a public server. "
    "He was asked to stop on each of them, in writing, and did it again."
)
REASONS = "Noel did not deny it and would not promise to stop. The artists' living depends on it, so the trust cannot be mended."
ANSWER = "Music should be free for everybody. I would do it again."
OPENED, DECIDED, FINAL, NOTICE = 12, 28, 61, 130
"""On which days of the story something happens."""


def day(stage: Stage, number: int) -> None:
    """Play what belongs to the story's day with this number."""
    if number == OPENED:
        _open(stage)
    elif number == DECIDED:
        _decide(stage)
    elif number == FINAL:
        with stage.scene(stage.now + timedelta(minutes=1)):
            leaving_jobs.make_exclusions_final()
        stage.roles.pop(EXCLUDED.name, None)
        stage.say(f"{EXCLUDED.name} did not appeal in time: the exclusion is final, and the register keeps the number.")
    elif number == NOTICE:
        _give_notice(stage)


def _open(stage: Stage) -> None:
    from . import story

    story.log_in(stage, EXCLUDED)
    with stage.scene(stage.now + timedelta(minutes=2)):
        done = members.apply(
            **stage.who(EXCLUDED.name),
            class_code=EXCLUDED.class_code,
            register={"name": EXCLUDED.name, "address": "4 Low Lane, Dublin"},
            contact={"email": EXCLUDED.email},
            old_enough=True,
        )
        members.admit_member(**stage.who("Carmen Ruiz"), application=done["application"])
    with stage.scene(stage.now + timedelta(hours=6)):
        party = stage.party(EXCLUDED.name)
        case = members.open_exclusion(**stage.who("Grace Lim"), party=party, ground="harm_to_the_co-op", facts=FACTS)["case"]
        today = stage.now.date()
        members.hand_over_case_text(**stage.who("Carmen Ruiz"), case=case, what="charge", handed_on=today)
    with stage.scene(stage.now + timedelta(hours=1)):
        members.answer_exclusion(**stage.who(EXCLUDED.name), case=case, words=ANSWER)


def _decide(stage: Stage) -> None:
    with stage.scene(stage.now + timedelta(minutes=1)):
        case = register.exclusion.open_cases(stage.now)[0].id
        for officer in ("Grace Lim", "Hana Sato"):
            members.decide_exclusion(**stage.who(officer), case=case, outcome="excluded", reasons=REASONS)
        members.hand_over_case_text(**stage.who("Carmen Ruiz"), case=case, what="decision", handed_on=stage.now.date())
    stage.say(f"{EXCLUDED.name} was heard, and two of the board decided to exclude him; he has thirty days to appeal.")


def _give_notice(stage: Stage) -> None:
    """Let the last listener who joined give notice: at the end of the story it still runs."""
    name = next(reversed([each for each, role in stage.roles.items() if not role.offices and role.class_code == "listener"]))
    with stage.scene(stage.now + timedelta(minutes=1)):
        done = members.give_notice(**stage.who(name), party=stage.party(name))
    stage.say(f"{name} gave notice of leaving; the last day is {done['last_on']}.")

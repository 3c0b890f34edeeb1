"""Every environment variable that Rochdale reads, with what it means: the settings page of the reference.

`tests/architecture/test_docs.py` fails when code reads a name that is not here, or when nothing reads one that is.
"""

from __future__ import annotations

from typing import NamedTuple


class Variable(NamedTuple):
    """What a variable means, and what holds where it is not set."""

    meaning: str
    otherwise: str = "none"


SERVING = {
    "ROCHDALE_HOME": Variable(
        "The data root: database, keys, collected files.",
        "`/var/lib/rochdale` as root, else `rochdale` in `XDG_DATA_HOME`",
    ),
    "ROCHDALE_KEY_COMMAND": Variable(
        "A program that wraps and unwraps key files (`wrap` or `unwrap` and the file's name; standard input to standard output)."
    ),
    "XDG_DATA_HOME": Variable("Where a user's programs keep data.", "`~/.local/share`"),
    "ROCHDALE_URL": Variable("How the world reaches this host; stands in the links of messages.", "`http://127.0.0.1:8000`"),
    "ROCHDALE_HOSTS": Variable("Host names it answers to, with commas between.", "`localhost,127.0.0.1,[::1]`"),
    "ROCHDALE_ORIGINS": Variable("Origins whose forms are trusted, such as `https://coop.example`, with commas between."),
    "ROCHDALE_HTTPS": Variable("`1`: served behind TLS; cookies are secure, http is redirected, HSTS is sent.", "off"),
    "ROCHDALE_BEHIND_PROXY": Variable("`1`: believe the proxy's `X-Forwarded-Proto`.", "off"),
    "ROCHDALE_PROXIES": Variable("How many proxies stand before it: which address of `X-Forwarded-For` counts.", "`0`"),
    "ROCHDALE_WEB_WORKERS": Variable("Processes that serve pages, each with four threads.", "`2`"),
    "ROCHDALE_SECRET_KEY": Variable("Signs sessions and forms; give all web hosts the same.", "made once, kept with the keys"),
    "ROCHDALE_DEMO": Variable("`1`: people and money are made up; nothing is really sent, and codes are shown.", "off"),
    "ROCHDALE_DEBUG": Variable("`1`: Django's debug pages. Never where others can reach it.", "off"),
    "ROCHDALE_METRICS_TOKEN": Variable(
        "Who may read `/metrics` shows this as `Authorization: Bearer …`.", "this machine only, not through a proxy"
    ),
    "ROCHDALE_LOG": Variable("What is logged to the error stream: `DEBUG`, `INFO`, `WARNING`, `ERROR`.", "`WARNING`"),
}
DATABASE = {
    "DATABASE_URL": Variable("The owner's address, `postgresql://owner:secret@host/name`; makes roles and tables.", "embedded"),
    "DATABASE_APP_URL": Variable("What web and workers connect as.", "DATABASE_URL as `rochdale_app`, password in the data root"),
    "DATABASE_WORKER_URL": Variable("A direct address for workers, where the app's goes through a pooler.", "the app's"),
    "ROCHDALE_DATABASE_OPTIONS": Variable("More connection options, such as `-c statement_timeout=30s`."),
}
MESSAGES = {
    "ROCHDALE_MAIL_HOST": Variable("The mail server.", "mails are written to the worker’s output"),
    "ROCHDALE_MAIL_PORT": Variable("Its port.", "`587`"),
    "ROCHDALE_MAIL_USER": Variable("The log-in there."),
    "ROCHDALE_MAIL_PASSWORD": Variable("Its password."),
    "ROCHDALE_MAIL_TLS": Variable("`0`: without STARTTLS.", "`1`"),
    "ROCHDALE_MAIL_FROM": Variable("The sender.", "`rochdale@localhost`"),
    "ROCHDALE_SMS_TRANSPORT": Variable(
        "A function `module.name(phone, text)` that hands an SMS to a carrier and returns its reference.", "simulated"
    ),
}
BACKUPS = {
    "ROCHDALE_BACKUPS": Variable(
        "A folder, on another disk: the worker writes a backup of the host there.", "none are scheduled"
    ),
    "ROCHDALE_BACKUP_AT": Variable("When, as a cron line in UTC.", "`17 2 * * *`"),
    "ROCHDALE_BACKUP_KEEP": Variable("How many are kept: of so many days, weeks and months.", "`7,5,12`"),
    "ROCHDALE_RESTORE_MOST_GB": Variable("An archive that unpacks to more is refused.", "`200`"),
}
SEALS = {
    "ROCHDALE_WITNESSES": Variable("Hosts that are shown our seals, `https://other.example=THEIR_KEY`, with commas between."),
    "ROCHDALE_WITNESS_FOR": Variable("Keys of the hosts whose seals we keep as their witness, with commas between."),
    "ROCHDALE_TSA_URL": Variable("A time stamp authority (RFC 3161) for the newest seal of each day."),
    "ROCHDALE_TSA_CERTIFICATE": Variable("A PEM file: the authority's root certificate, then those in between."),
}
TESTING = {
    "ROCHDALE_TEST_POSTGRES": Variable("Another PostgreSQL for the tests: `15`, or a folder of programs.", "the embedded one"),
    "ROCHDALE_CHROMIUM": Variable("The browser of the browser tests.", "`chromium` on the path"),
    "ROCHDALE_SHOTS": Variable("A folder for screenshots of the browser tests.", "none are taken"),
    "ROCHDALE_SCREENSHOTS": Variable("The same, for the bylaws' pages.", "none are taken"),
    "CRASH_MOMENTS": Variable("How many moments of the crash matrix are tried.", "`12`"),
    "SIMULATION_SEED": Variable("One seed for the simulated life in `tests/books`.", "three fixed seeds"),
    "CI": Variable("`true`: what is skipped elsewhere for want of a program or data must run.", "off"),
}
OURS = {
    "ROCHDALE_PARENT": Variable("Set by `rochdale serve` for the processes it starts, so that they end with it."),
}
GROUPS = {
    "Serving": SERVING,
    "Database": DATABASE,
    "Messages": MESSAGES,
    "Backups": BACKUPS,
    "Seals": SEALS,
    "Tests": TESTING,
    "Set by Rochdale itself": OURS,
}

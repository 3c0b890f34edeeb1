#!/usr/bin/env bash
# All tests: first the journeys, ledger and members on Debian's own PostgreSQL 15 where its programs are (what is
# about screens and kills, not about the database's version, once only), then everything on the embedded one.
# The second's closing line is the last.
set -euo pipefail
workers="${1:-2}"
bin=.venv/bin
older=$(ls -d /usr/lib/postgresql/15/bin 2>/dev/null || true)
if [ -n "$older" ] && [ -x "$older/postgres" ]; then
  echo "— PostgreSQL 15: journeys, ledger, members —"
  ROCHDALE_TEST_POSTGRES="$older" $bin/python -m pytest -q -n "$workers" rochdale/ledger rochdale/members tests/journeys \
    -k "not in_browser and not phone and not no-script and not keyboard and not crash_matrix"
elif [ "${CI:-}" = true ]; then
  echo "PostgreSQL 15 is missing, and CI must run the journeys, ledger and members tests on it." >&2
  exit 1
fi
echo "— everything, on the embedded PostgreSQL —"
exec $bin/python -m pytest -q -n "$workers"

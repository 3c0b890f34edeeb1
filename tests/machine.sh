#!/usr/bin/env bash
# What the tests need of the machine beside Python: a browser, and (for some tests) a pooler, a second
# PostgreSQL and hledger. Installs Debian's packages where they are missing and this user may.
set -u
missing=()
command -v chromium >/dev/null 2>&1 || missing+=(chromium fonts-noto-core)
command -v pgbouncer >/dev/null 2>&1 || missing+=(pgbouncer)
command -v hledger >/dev/null 2>&1 || missing+=(hledger)
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing+=(postgresql)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing ${missing[*]} for the tests …"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null && exit 0
fi
echo "Not installed here: ${missing[*]}. Tests that need them are skipped and say so (apt-get install ${missing[*]})."

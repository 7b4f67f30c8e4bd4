#!/usr/bin/env bash
# Make .venv from the lock file; a second run with an unchanged lock does nothing.
# Usage: tools/setup.sh [bench]
set -euo pipefail
cd "$(dirname "$0")/.."
lock=locks/${1:-dev}.txt
uv_version=0.13.9

wanted=$(cat "$lock" pyproject.toml "$0" | sha256sum | cut -c1-16)
stamp=.venv/.installed-${1:-dev}-$wanted
if [ -e "$stamp" ]; then exit 0; fi

say() { printf '\n%s\n' "$*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Interpreters compiled without profile-guided optimization, as version managers make them, take a
# third longer over plain Python than those of distributions. So the quickest one here is taken.
time_of() {
    "$1" -c '
from time import process_time

class Seen:
    def __init__(self, number):
        self.number = number
    def twice(self):
        return 2 * self.number

def took():
    begin = process_time()
    for number in range(100_000):
        Seen(number).twice()
    return process_time() - begin

print(round(1e4 * min(took() for _ in range(9))))'
}

quickest() {
    local best="" least=999999 time one
    for one in python3 /usr/bin/python3; do
        if is_new_enough "$one"; then
            time=$(time_of "$one")
            if [ "$time" -lt "$least" ]; then best=$one least=$time; fi
        fi
    done
    echo "${best:-python3}"
}

python=${PYTHON:-$(quickest)}
if ! is_new_enough "$python"; then
    say "Python 3.11 or newer is needed and '$python' is not it. Install it (Debian 12: apt-get install python3) or name one: PYTHON=/path/to/python3.11 make test"
    exit 1
fi
has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

if [ ! -x .venv/bin/python ]; then
    if ! has_venv "$python" && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing python3-venv (needed to make .venv) ..."
        { apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; } || true
    fi
    if ! has_venv "$python" && [ -z "${PYTHON:-}" ]; then python=python3; fi
    if ! has_venv "$python"; then
        say "Python's venv module is missing. Install it once as an administrator: apt-get install python3-venv"
        exit 1
    fi
    "$python" -m venv .venv
fi
say "Installing the locked packages into .venv ($lock) ..."
if [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$uv_version" ]; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_version"
fi
VIRTUAL_ENV=$PWD/.venv .venv/bin/uv pip install --quiet --compile-bytecode --require-hashes -r "$lock"
VIRTUAL_ENV=$PWD/.venv .venv/bin/uv pip install --quiet --no-deps -e .
rm -f .venv/.installed-"${1:-dev}"-*
touch "$stamp"

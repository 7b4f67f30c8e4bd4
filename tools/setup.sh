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

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    say "Python 3.11 or newer is needed and '$python' is not it. Install it (Debian 12: apt-get install python3) or name one: PYTHON=/path/to/python3.11 make test"
    exit 1
fi
if [ ! -x .venv/bin/python ]; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            say "Installing python3-venv (needed to make .venv) ..."
            apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
        else
            say "Python's venv module is missing. Install it once as an administrator: apt-get install python3-venv"
            exit 1
        fi
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

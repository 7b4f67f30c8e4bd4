#!/usr/bin/env bash
# Put OSRM's programs and profiles into build/osrm/programs, where `python -m benchmarks road` finds them.
# The wheel of osrm-bindings is for newer Pythons only, but its programs run on any Linux with glibc 2.28.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=build/osrm/programs
if [ -x "$folder/bin/osrm-routed" ]; then exit 0; fi
wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
.venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --python-version 3.12 --platform manylinux_2_28_x86_64 --dest "$wheels" osrm-bindings==26.10.0
.venv/bin/python -m zipfile -e "$wheels"/osrm_bindings-*.whl "$wheels"
mkdir -p "$folder"
cp -r "$wheels/osrm/bin" "$wheels/osrm/share" "$folder"
chmod +x "$folder"/bin/*

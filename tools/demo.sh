#!/usr/bin/env bash
# Build the shipped island, plan a trip and a load, start the server. `make demo` calls this.
set -euo pipefail
cd "$(dirname "$0")/.."
region=${REGION:-build/hokkaido}
maas=.venv/bin/maas

echo "── 1. The island of Hokkaido, synthetic: build"
$maas build data/hokkaido/region.yaml -o "$region"

echo
echo "── 2. A trip: from a door in Otaru to a farm in the hills of Biei, on a winter morning"
$maas plan -r "$region" "${DEMO_FROM:-43.1945,140.9950}" "${DEMO_TO:-43.6051,142.4832}" --at "${DEMO_AT:-2026-12-02T08:00}" --lang "${DEMO_LANG:-ja}"

echo
echo "── 3. A load: a day's parcels on trains, buses, taxis and vans"
mkdir -p out
$maas cargo plan data/hokkaido/shipments.json -r "$region" -o out/plan.json
$maas cargo check out/plan.json -r "$region"

if [ "${SERVE:-1}" = 0 ]; then exit 0; fi
echo
echo "── 4. The server (stop it with Ctrl-C)"
exec $maas serve -r "$region" --port "${PORT:-8000}"

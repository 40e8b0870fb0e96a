#!/bin/sh
# Checks docker-compose.yml as docker compose reads it; no engine is needed.
set -eu
cd "$(dirname "$0")/.."
if docker compose version >/dev/null 2>&1; then
    docker compose config --quiet
else
    docker-compose config --quiet
fi
echo "docker-compose.yml is right"

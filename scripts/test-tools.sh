#!/bin/sh
# Makes sure of what the tests need beside Rust and Node: Chromium, which drives the pages,
# docker-compose, which reads docker-compose.yml, and WordNet, on which algorithms are compared with
# networkx and igraph. On Debian, as root, they are installed.
set -eu

missing=""
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing="$missing chromium"
docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null || missing="$missing docker-compose"
[ -f /usr/share/wordnet/data.noun ] || [ -f benches/wordnet/data/statements.csv ] || missing="$missing wordnet-base"
command -v python3 >/dev/null || missing="$missing python3"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    # shellcheck disable=SC2086 # the names are words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "missing for the tests:$missing" >&2
    echo "install them (Debian: apt-get install$missing); another Chromium can be named by CHROMIUM" >&2
    exit 1
fi

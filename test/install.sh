#!/bin/sh
# Brings what the tests need and is not there yet: Debian's packages, and the dependencies with Node 24 among them.
set -eu
cd "$(dirname "$0")/.."

say() { printf '\n==> %s\n' "$*"; }

missing=''
for pair in mmdebstrap:mmdebstrap ip:iproute2 iptables:iptables curl:curl ssh-keygen:openssh-client openssl:openssl ps:procps python3:python3; do
  command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done
if [ -n "$missing" ]; then
  say "Installing$missing"
  log=$(mktemp)
  # shellcheck disable=SC2086 # one word each
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $missing; } >"$log" 2>&1 ||
    { cat "$log" && exit 1; }
  rm "$log"
fi
if [ ! -x node_modules/.bin/node ] || [ -n "$(find package-lock.json -newer node_modules/.package-lock.json)" ]; then
  say 'Installing dependencies, Node 24 among them'
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
fi

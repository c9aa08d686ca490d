#!/usr/bin/env bash
# Measures `stack` beside Docker's own ways on one swarm of three test hosts, in one run, and prints a table of medians:
# `stack --target swarm` beside `docker stack deploy --detach=false`, then plain containers under `stack watchdog`
# beside services of the swarm while a host is drained, cut off and lost. As root; the hosts are its own and go at the end.
#
#   SERVICES=30 ROUNDS=3 CASES="update deploy drain cut loss" npm run bench:swarm
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export PATH="$root/node_modules/.bin:$PATH"
unset DOCKER_HOST DOCKER_CONTEXT
export STACK_HOSTS_DIR=${STACK_HOSTS_DIR:-/var/tmp/stack-bench-swarm} STACK_HOSTS_NET=${STACK_HOSTS_NET:-10.87.0}
services=${SERVICES:-30} rounds=${ROUNDS:-1} cases=${CASES:-update deploy drain cut loss}
# shellcheck source=test/bench/swarm-hosts.sh
. "$root/test/bench/swarm-hosts.sh"
# shellcheck source=test/bench/swarm-cases.sh
. "$root/test/bench/swarm-cases.sh"

finish() {
  table
  [[ -z $watchdog ]] || kill "$watchdog" 2>/dev/null || true
  rm -rf "$work"
  [[ -n ${KEEP_HOSTS:-} ]] || hosts down >/dev/null 2>&1 || true
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

[[ -e $root/dist/main.js ]] || (cd "$root" && npm run -s build)
make_swarm
for ((round = 1; round <= rounds; round++)); do
  for each in $cases; do
    echo "round $round of $rounds: $each" >&2
    "case_$each"
  done
done

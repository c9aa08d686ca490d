#!/bin/sh
# Measures stack beside Docker Compose on one real engine of the test hosts: `npm run bench`, as root. Judges nothing.
# What is given is handed on to bench.ts, which says what it takes: `npm run bench -- --help`.
# The first test host is used; without one, a host with Docker 26.1 is started, and ended afterwards.
set -eu
cd "$(dirname "$0")/../.."
cache=${STACK_HOSTS_DIR:-/var/tmp/stack-hosts}

case " $* " in *' --help '*) exec node test/bench/bench.ts --help ;; esac
host=$(test/hosts/hosts list | awk 'END { print $3 }')
if [ -z "$host" ]; then
  trap 'test/hosts/hosts down' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  host=$(test/hosts/hosts up trixie | awk 'END { print $3 }')
  test/hosts/images "$host"
fi
compose=$(test/hosts/peer "$cache")
[ -e dist/main.js ] || npm run -s build
node test/bench/bench.ts --engine "$host" --compose "$compose" "$@"

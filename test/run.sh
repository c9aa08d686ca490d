#!/bin/sh
# Every check and every test, on real Docker engines of its own. On a fresh Debian machine, as root: `npm test`.
# The last line is "N passed, N failed"; the exit code is 0 only if tests ran and none failed.
#
#   STACK_TEST_KEEP=1 npm test      use test hosts that run already, and leave them running
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
hosts_dir=${STACK_HOSTS_DIR:-/var/tmp/stack-hosts}
results=$(mktemp -d)
broken=0 golden_passed=0 golden_failed=0 preparing='' running='' reports=''
[ -t 1 ] || export NO_COLOR=1
cd "$root" || exit 1

say() { printf '\n==> %s\n' "$*"; }
broke() { printf '\nFAILED: %s\n' "$*"; broken=$((broken + 1)); }

finish() {
  trap '' INT TERM
  [ -z "$running" ] || kill "$running" 2>/dev/null
  if [ -n "$preparing" ]; then kill -- "-$preparing" 2>/dev/null; wait "$preparing" 2>/dev/null; fi
  [ -n "${STACK_TEST_KEEP:-}" ] || [ ! -x "$root/test/hosts/hosts" ] || "$root/test/hosts/hosts" down
  # shellcheck disable=SC2086 # one word each
  counts=$("$root/node_modules/.bin/node" test/support/count-results.ts $reports) || { counts='0 0' && broken=$((broken + 1)); }
  rm -rf "$results"
  passed=$((${counts% *} + golden_passed)) failed=$((${counts#* } + golden_failed + broken))
  printf '\n%s passed, %s failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit $? # a bare exit in a trap means the status from before it
}

check() { # NAME COMMAND…
  name=$1 && shift
  "$@" >"$results/check" 2>&1 && echo "ok: $name" && return
  cat "$results/check"
  broke "$name"
}

run_tests() { # PROJECT
  reports="$reports $results/$1.json"
  # In the background: a shell that waits for a program in the foreground hears no signal.
  vitest run --config test/vitest.config.ts --project "$1" --reporter default --reporter json --outputFile.json "$results/$1.json" &
  running=$!
  if wait "$running"; then running='' && return; fi
  running=''
  # Its exit code knows more than its report: errors outside of every test.
  counts=$(node test/support/count-results.ts "$results/$1.json")
  [ "${counts#* }" != 0 ] || broke "the runner of $1 tests"
}

# Tests over three engines, with a third host, in the order that puts the one with the example's images first.
test_several() {
  say 'Several engines'
  test/hosts/hosts up bookworm trixie trixie >"$results/three" || { broke 'the third test host'; return; }
  endpoint_of() { awk -v "name=$1" '$1 == name { print $3 }' "$results/three"; }
  test/hosts/images "$(endpoint_of host3)" || { broke 'images of the third test host'; return; }
  STACK_TEST_ENGINES=host2=$(endpoint_of host2),host3=$(endpoint_of host3),host1=$(endpoint_of host1)
  export STACK_TEST_ENGINES
  run_tests several
}

# The example's images, made by the program under test.
build_stand_ins() {
  while read -r name _ endpoint; do
    DOCKER_HOST=$endpoint STACK_ALLOW_PLAIN_TCP=1 WORDPRESS_CONTEXT=$(cat "$results/wordpress") MYSQL_CONTEXT=$(cat "$results/mysql") node dist/main.js \
      -f examples/wordpress/stand-ins/compose.yaml build || broke "building the stand-ins on $name"
  done <"$results/hosts"
}

run_golden_cases() {
  cases=$root/../shared/conformance
  [ -e "$cases/compare.py" ] || return
  say 'Golden cases'
  SHOW=20 python3 "$cases/compare.py" "$cases/cases.json" node "$root/dist/main.js" | tee "$results/golden"
  line=$(tail -n 1 "$results/golden") # PASSED of ALL
  case $line in
    [0-9]*' of '[0-9]*) golden_passed=${line%% of *} golden_failed=$((${line##* of } - golden_passed)) ;;
    *) broke 'the golden cases did not run' ;;
  esac
}

trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ "$(id -u)" -eq 0 ] || { broke 'test hosts need root: network namespaces and mounts'; exit 1; }
sh test/install.sh || { broke 'packages or dependencies are missing'; exit 1; }
export PATH="$root/node_modules/.bin:$PATH"

# Beside the checks and the unit tests; a session of its own, so that all of it can be ended.
setsid sh test/prepare.sh "$results" >"$results/prepare" 2>&1 &
preparing=$!

say 'Checks'
check generate npm run -s generate
check build npm run -s build
check typecheck npm run -s typecheck
check format biome ci .
check lint npm run -s lint
check 'unused code' knip

say 'Unit tests'
run_tests unit
run_golden_cases

say 'Waiting for the test hosts'
if wait "$preparing"; then
  preparing=''
  say 'Real engines'
  build_stand_ins
  STACK_TEST_ENGINES=$(awk '{ print sep ($2 == "bookworm" ? "docker20" : "docker26") "=" $3; sep = "," }' ORS='' "$results/hosts")
  STACK_TEST_FILES=$hosts_dir/files STACK_TEST_COMPOSE=$(cat "$results/peer")
  export STACK_TEST_ENGINES STACK_TEST_FILES STACK_TEST_COMPOSE
  run_tests real
  test_several
else
  preparing=''
  cat "$results/prepare"
  broke 'the test hosts could not be prepared'
fi

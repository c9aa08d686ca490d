#!/bin/sh
# Tests over three hosts that are lost, cut off, frozen and joined: `npm run test:several`, as root. What is given is
# handed on to vitest. The hosts are a set of their own, made here and ended afterwards.
#
#   STACK_TEST_KEEP=1      use this set if it runs already, and leave it running
set -eu
cd "$(dirname "$0")/../.."
export STACK_HOSTS_DIR="${STACK_HOSTS_DIR:-/var/tmp/stack-several}" STACK_HOSTS_NET="${STACK_HOSTS_NET:-10.82.0}"
export PATH="$PWD/node_modules/.bin:$PATH"
if [ -z "${STACK_TEST_KEEP:-}" ] || [ -z "$(test/hosts/hosts list)" ]; then
  test/hosts/hosts down
  # shellcheck disable=SC2046 # one word each
  test/hosts/images $(test/hosts/hosts up trixie trixie bookworm | awk '{ print $3 }')
fi
[ -n "${STACK_TEST_KEEP:-}" ] || { trap 'test/hosts/hosts down' EXIT; trap 'exit 130' INT; trap 'exit 143' TERM; }
npm run -s build
STACK_TEST_ENGINES=$(test/hosts/hosts list | awk '$1 ~ /^host/ { print sep $1 "=" $3; sep = "," }' ORS='')
STACK_TEST_FILES=$STACK_HOSTS_DIR/files
export STACK_TEST_ENGINES STACK_TEST_FILES
vitest run --config test/vitest.config.ts --project several "$@"

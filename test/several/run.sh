#!/bin/sh
# Tests over three hosts that are lost, cut off, frozen and joined, all of them: `npm run test:several`, on a Debian
# machine, as root. What is given is handed on to vitest. The hosts are a set of their own, made here and ended afterwards.
#
#   STACK_TEST_KEEP=1      use this set if it runs already, and leave it running
set -eu
cd "$(dirname "$0")/../.."
export STACK_HOSTS_DIR="${STACK_HOSTS_DIR:-/var/tmp/stack-several}" STACK_HOSTS_NET="${STACK_HOSTS_NET:-10.82.0}"
export PATH="$PWD/node_modules/.bin:$PATH" STACK_TEST_SEVERAL="${STACK_TEST_SEVERAL:-all}"
sh test/install.sh
npm run -s build
[ -n "${STACK_TEST_KEEP:-}" ] || { trap 'test/hosts/hosts down' EXIT; trap 'exit 130' INT; trap 'exit 143' TERM; }
if [ -z "${STACK_TEST_KEEP:-}" ] || [ -z "$(test/hosts/hosts list)" ]; then
  test/hosts/hosts down
  endpoints=$(test/hosts/hosts up trixie trixie bookworm | awk '{ print $3 }')
  # shellcheck disable=SC2086 # one word each
  test/hosts/images $endpoints
  # The example's images on the first alone: the others get them from it.
  MYSQL_CONTEXT=$(examples/wordpress/stand-ins/prepare.sh mysql)
  WORDPRESS_CONTEXT=$(examples/wordpress/stand-ins/prepare.sh wordpress)
  export MYSQL_CONTEXT WORDPRESS_CONTEXT
  STACK_ALLOW_PLAIN_TCP=1 node dist/main.js -H "${endpoints%%
*}" -f examples/wordpress/stand-ins/compose.yaml build
fi
STACK_TEST_ENGINES=$(test/hosts/hosts list | awk '$1 ~ /^host/ { print sep $1 "=" $3; sep = "," }' ORS='')
STACK_TEST_FILES=$STACK_HOSTS_DIR/files
export STACK_TEST_ENGINES STACK_TEST_FILES
vitest run --config test/vitest.config.ts --project several "$@"

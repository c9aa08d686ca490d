#!/bin/sh
# prepare.sh FOLDER: starts the test hosts, gives them their images, and brings what else tests on real engines need.
# Writes to FOLDER: hosts (what `hosts list` says), peer (path of Docker Compose), mysql and wordpress (build contexts).
set -eu
cd "$(dirname "$0")/.."
[ -n "${STACK_TEST_KEEP:-}" ] || test/hosts/hosts down # of a run that was killed
mkdir -p "${STACK_HOSTS_DIR:-/var/tmp/stack-hosts}"
nice test/hosts/debian tree "${STACK_HOSTS_DIR:-/var/tmp/stack-hosts}" trixie haproxy >/dev/null & # test/hosts/images waits for it
nice test/hosts/hosts up bookworm trixie >"$1/hosts"
# shellcheck disable=SC2046 # one word each
nice test/hosts/images $(awk '{ print $3 }' "$1/hosts")
nice test/hosts/peer "${STACK_HOSTS_DIR:-/var/tmp/stack-hosts}" >"$1/peer"
nice examples/wordpress/stand-ins/prepare.sh mysql >"$1/mysql"
nice examples/wordpress/stand-ins/prepare.sh wordpress >"$1/wordpress"

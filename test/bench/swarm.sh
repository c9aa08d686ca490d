#!/usr/bin/env bash
# Measures `stack --target swarm` beside `docker stack deploy --detach=false` on one swarm of three test hosts, in one
# run, and prints times and ratios: below 1 `stack` is faster. As root; the hosts are its own and go at the end.
#
#   SERVICES=30 ROUNDS=1 test/bench/swarm.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export PATH="$root/node_modules/.bin:$PATH"
unset DOCKER_HOST DOCKER_CONTEXT
export STACK_HOSTS_DIR=${STACK_HOSTS_DIR:-/var/tmp/stack-bench-swarm} STACK_HOSTS_NET=${STACK_HOSTS_NET:-10.87.0}
services=${SERVICES:-30} rounds=${ROUNDS:-1}
hosts() { "$root/test/hosts/hosts" "$@"; }
image=stack-test/busybox:1
manager=$STACK_HOSTS_NET.11
work=$(mktemp -d)
finish() {
  rm -rf "$work"
  [[ -n ${KEEP_HOSTS:-} ]] || hosts down >/dev/null 2>&1 || true
}
trap finish EXIT

[[ -n ${KEEP_HOSTS:-} ]] || hosts up trixie trixie trixie >/dev/null
for number in 3 2 1; do
  hosts shell "host$number" docker swarm leave --force >/dev/null 2>&1 || true
  until [[ $(hosts shell "host$number" docker info --format '{{.Swarm.LocalNodeState}}') == inactive ]]; do sleep 0.5; done
done
"$root/test/hosts/images" "tcp://$manager:2375"
hosts shell host1 docker swarm init --advertise-addr "$manager" >/dev/null
token=$(hosts shell host1 docker swarm join-token -q worker)
for number in 2 3; do
  hosts shell "host$number" docker swarm join --token "$token" "$manager:2377" >/dev/null
  # The same image under the same id everywhere, for there is no registry.
  curl --noproxy '*' -fsS "http://$manager:2375/v1.41/images/get?names=$image" |
    curl --noproxy '*' -fsS -X POST -H 'Content-Type: application/x-tar' --data-binary @- \
      "http://$STACK_HOSTS_NET.1$number:2375/v1.41/images/load" >/dev/null
done
# By its id, so that nodes ask no registry for docker's client either.
id=$(hosts shell host1 docker image inspect --format '{{.Id}}' "$image")

file() { # VERSION-OF-THE-FIRST-SERVICE
  echo 'version: "3.8"'
  echo 'services:'
  for ((n = 1; n <= services; n++)); do
    echo "  s$n: {image: \"$id\", init: true, command: [sleep, \"1000000\"], environment: {V: \"$([[ $n == 1 ]] && echo "$1" || echo 0)\"}, deploy: {endpoint_mode: dnsrr}}"
  done
}
mkdir -p "$STACK_HOSTS_DIR/files/bench"
for version in 0 1; do file $version >"$STACK_HOSTS_DIR/files/bench/$version.yaml"; done

ours() { DOCKER_HOST=tcp://$manager:2375 STACK_ALLOW_PLAIN_TCP=1 node "$root/dist/main.js" --target swarm --progress quiet "$@" 2>/dev/null; }
our_up() { ours -p ours -f "$STACK_HOSTS_DIR/files/bench/$1.yaml" up -d; }
their_up() { hosts shell host1 docker stack deploy --detach=false --resolve-image never -c "$STACK_HOSTS_DIR/files/bench/$1.yaml" theirs >/dev/null 2>&1; }
our_down() { ours -p ours down; }
# Their client returns before anything is gone: what is compared is when it is.
their_down() {
  hosts shell host1 docker stack rm theirs >/dev/null 2>&1
  until [[ -z $(hosts shell host1 docker network ls -q --filter label=com.docker.stack.namespace=theirs) &&
    $(curl --noproxy '*' -fsS -G "http://$manager:2375/v1.41/tasks" --data-urlencode 'filters={"label":["com.docker.stack.namespace=theirs"]}') == '[]' ]]; do sleep 0.2; done
}

seconds() { # COMMAND…
  local from to
  from=$(date +%s%N)
  "$@" || { echo "swarm: $* failed" >&2; exit 1; }
  to=$(date +%s%N)
  awk "BEGIN { printf \"%.2f\", ($to - $from) / 1e9 }"
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
row() { awk -v what="$1" -v a="$2" -v b="$3" 'BEGIN { printf "| %s | %.2f s | %.2f s | %.3f |\n", what, a, b, a / b }'; }

for ((round = 1; round <= rounds; round++)); do
  for step in fresh:0 again:0 changed:1; do
    seconds our_up "${step#*:}" >>"$work/ours-${step%:*}"; echo >>"$work/ours-${step%:*}"
    seconds their_up "${step#*:}" >>"$work/theirs-${step%:*}"; echo >>"$work/theirs-${step%:*}"
  done
  seconds our_down >>"$work/ours-gone"; echo >>"$work/ours-gone"
  seconds their_down >>"$work/theirs-gone"; echo >>"$work/theirs-gone"
done

echo '| case | stack | docker stack | ratio |'
echo '|---|---|---|---|'
row "$services services, fresh" "$(median <"$work/ours-fresh")" "$(median <"$work/theirs-fresh")"
row "$services services, nothing changed" "$(median <"$work/ours-again")" "$(median <"$work/theirs-again")"
row "one of $services services changed" "$(median <"$work/ours-changed")" "$(median <"$work/theirs-changed")"
row "$services services, gone" "$(median <"$work/ours-gone")" "$(median <"$work/theirs-gone")"

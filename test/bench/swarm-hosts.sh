# shellcheck shell=bash
# The swarm of three hosts that is measured, the two ways to deploy on it, and figures. Read by swarm.sh.
: "${root:?}" "${services:?}"
image=stack-test/busybox:1
manager=$STACK_HOSTS_NET.11
work=$(mktemp -d)
files=$STACK_HOSTS_DIR/files/bench
# shellcheck disable=SC2034 # swarm-cases.sh starts one
watchdog=

hosts() { "$root/test/hosts/hosts" "$@"; }
on_manager() { hosts shell host1 docker "$@"; }
api() { curl --noproxy '*' -fsS -m 2 "http://$STACK_HOSTS_NET.1$1:2375/v1.41$2" "${@:3}"; }

make_swarm() {
  local number token
  [[ -n ${KEEP_HOSTS:-} ]] || hosts up trixie trixie trixie >/dev/null
  for number in 3 2 1; do
    hosts shell "host$number" docker swarm leave --force >/dev/null 2>&1 || true
    until [[ $(hosts shell "host$number" docker info --format '{{.Swarm.LocalNodeState}}') == inactive ]]; do sleep 0.5; done
  done
  "$root/test/hosts/images" "tcp://$manager:2375"
  on_manager swarm init --advertise-addr "$manager" >/dev/null
  token=$(on_manager swarm join-token -q worker)
  for number in 2 3; do
    hosts shell "host$number" docker swarm join --token "$token" "$manager:2377" >/dev/null
    # The same image under the same id everywhere, for there is no registry.
    curl --noproxy '*' -fsS "http://$manager:2375/v1.41/images/get?names=$image" |
      curl --noproxy '*' -fsS -X POST -H 'Content-Type: application/x-tar' --data-binary @- \
        "http://$STACK_HOSTS_NET.1$number:2375/v1.41/images/load" >/dev/null
  done
  # By its id, so that nodes ask no registry for docker's client either.
  id=$(on_manager image inspect --format '{{.Id}}' "$image")
  write_files
}

write_files() {
  local version number
  mkdir -p "$files/plain"
  for version in 0 1; do
    echo 'version: "3.8"' >"$files/$version.yaml"
    echo 'services:' >>"$files/$version.yaml"
    for ((number = 1; number <= services; number++)); do
      echo "  s$number: {image: \"$id\", init: true, command: [sleep, \"1000000\"], environment: {V: \"$([[ $number == 1 ]] && echo "$version" || echo 0)\"}, deploy: {endpoint_mode: dnsrr}}"
    done >>"$files/$version.yaml"
  done
  web '[sleep, "1000000"]' 1 >"$files/good.yaml"
  web '[sh, -c, "sleep 1; exit 3"]' 1 >"$files/broken.yaml"
  web '[sleep, "1000000"]' 6 >"$files/six.yaml"
  echo "services: {web: {image: $image, init: true, command: [sleep, \"1000000\"], network_mode: none, deploy: {replicas: 6}}}" >"$files/plain/stack.yaml"
  {
    echo engines:
    for number in 1 2 3; do echo "  host$number: {endpoint: \"tcp://$STACK_HOSTS_NET.1$number:2375\", plain: true}"; done
  } >"$files/plain/engines.yaml"
}

web() { # COMMAND REPLICAS
  printf 'version: "3.8"\nservices:\n  web: {image: "%s", init: true, command: %s, deploy: {replicas: %s, endpoint_mode: dnsrr, update_config: {failure_action: rollback, monitor: 3s}, restart_policy: {condition: any}}}\n' "$id" "$1" "$2"
}

ours() { DOCKER_HOST=tcp://$manager:2375 STACK_ALLOW_PLAIN_TCP=1 node "$root/dist/main.js" --target swarm --progress quiet "$@" >/dev/null 2>&1; }
our_up() { ours -p ours -f "$files/$1.yaml" up -d; }
our_down() { ours -p ours down; }
# Plain containers on the three hosts: `engines.yaml` lies beside the stack file.
plain() { (cd "$files/plain" && exec node "$root/dist/main.js" -p plain "$@") >/dev/null 2>&1; }
their_up() { on_manager stack deploy --detach=false --resolve-image never -c "$files/$1.yaml" theirs >/dev/null 2>&1; }
# Their client returns before anything is gone: what is compared is when it is.
their_down() {
  on_manager stack rm theirs >/dev/null 2>&1
  until [[ -z $(on_manager network ls -q --filter label=com.docker.stack.namespace=theirs) &&
    $(api 1 /tasks -G --data-urlencode 'filters={"label":["com.docker.stack.namespace=theirs"]}') == '[]' ]]; do sleep 0.2; done
}

now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f\n", b - a }'; }
seconds() { # COMMAND…
  local from
  from=$(now)
  "$@" || { echo "swarm: $* failed" >&2; exit 1; }
  since "$from"
}

record() { echo "$3" >>"$work/$2.$1"; } # ours|theirs CASE FIGURE
# `A: B` for each case that was measured; the unit says what a ratio would mean.
row() { # CASE UNIT WORDS
  [[ -s $work/$1.ours && -s $work/$1.theirs ]] || return 0
  awk -v what="$3" -v unit="$2" -v a="$(median "$work/$1.ours")" -v b="$(median "$work/$1.theirs")" \
    'BEGIN { ratio = unit == "s" && b > 0 ? sprintf("%.3f", a / b) : ""; printf "| %s | %s %s | %s %s | %s |\n", what, a, unit, b, unit, ratio }' |
    sed 's/  *|/ |/g'
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

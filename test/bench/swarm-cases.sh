# shellcheck shell=bash
# What is measured, each case both ways. Read by swarm.sh.
: "${root:?}" "${services:?}" "${files:?}" "${work:?}"

table() {
  echo '| case | stack | docker | ratio |'
  echo '|---|---|---|---|'
  row fresh s "$services services, fresh"
  row again s "$services services, nothing changed"
  row changed s "one of $services services changed"
  row gone s "$services services, gone"
  row code '' 'exit code of a deployment that went back'
  row drain s '6 replicas, one of three hosts drained: empty after'
  row least '' '… fewest that ran meanwhile'
  row lost s '6 replicas, one of three hosts lost: 6 run elsewhere after'
  row cut s '6 replicas, one of three hosts cut off: 6 run elsewhere after'
  row healed s '… after it is back none runs twice after'
}

case_deploy() {
  local step
  for step in fresh:0 again:0 changed:1; do
    record ours "${step%:*}" "$(seconds our_up "${step#*:}")"
    record theirs "${step%:*}" "$(seconds their_up "${step#*:}")"
  done
  record ours gone "$(seconds our_down)"
  record theirs gone "$(seconds their_down)"
}

case_update() {
  local who code
  for who in our their; do
    "${who}_up" good
    code=0
    "${who}_up" broken || code=$?
    record "${who}s" code "$code"
    "${who}_down"
  done
}

# Containers that run on these hosts; one that does not answer counts for nothing.
running() { # ours|theirs HOST…
  local who=$1 number total=0 list
  local -A labels=([ours]=com.docker.compose.project=plain [theirs]=com.docker.stack.namespace=theirs)
  for number in "${@:2}"; do
    list=$(api "$number" /containers/json -G --data-urlencode "filters={\"label\":[\"${labels[$who]}\"],\"status\":[\"running\"]}" 2>/dev/null || echo '[]')
    total=$((total + $(grep -o '"Id":' <<<"$list" | wc -l)))
  done
  echo "$total"
}
until_running() { # WHO NUMBER HOST…
  local deadline=$((SECONDS + 180))
  until [[ $(running "$1" "${@:3}") == "$2" ]]; do
    ((SECONDS < deadline)) || { echo "swarm: $1 never had $2 on ${*:3}" >&2; exit 1; }
    sleep 0.1
  done
}

# Six replicas, two on each host.
six() { # ours|theirs
  if [[ $1 == ours ]]; then
    plain up -d
    (cd "$files/plain" && exec node "$root/dist/main.js" -p plain watchdog) >"$work/watchdog.log" 2>&1 &
    watchdog=$!
    sleep 3
  else
    their_up six
  fi
  until_running "$1" 6 1 2 3
  until_running "$1" 2 3
}
none() { # ours|theirs
  if [[ $1 == ours ]]; then
    kill "$watchdog"
    wait "$watchdog" || true
    watchdog=
    plain down
  else
    their_down
  fi
}

case_drain() {
  local who from least count deadline
  for who in ours theirs; do
    six "$who"
    from=$(now)
    if [[ $who == ours ]]; then plain engines drain host3; else on_manager node update --availability drain host3 >/dev/null; fi
    least=6 deadline=$((SECONDS + 180))
    until [[ $(running "$who" 3) == 0 && $(running "$who" 1 2) == 6 ]]; do
      ((SECONDS < deadline)) || { echo "swarm: $who never left host3" >&2; exit 1; }
      count=$(running "$who" 1 2 3)
      ((count >= least)) || least=$count
      sleep 0.05
    done
    record "$who" drain "$(since "$from")"
    record "$who" least "$least"
    if [[ $who == ours ]]; then plain engines activate host3; else on_manager node update --availability active host3 >/dev/null; fi
    none "$who"
  done
}

case_loss() { away lose boot lost; }
case_cut() { away cut heal cut; }

away() { # HOW BACK CASE
  local who from
  for who in ours theirs; do
    six "$who"
    from=$(now)
    hosts "$1" host3 >/dev/null
    until_running "$who" 6 1 2
    record "$who" "$3" "$(since "$from")"
    from=$(now)
    hosts "$2" host3 >/dev/null
    if [[ $1 == cut ]]; then
      until api 3 /_ping >/dev/null 2>&1; do sleep 0.1; done
      until_running "$who" 6 1 2 3
      record "$who" healed "$(since "$from")"
    fi
    until [[ $(on_manager node inspect --format '{{.Status.State}}' host3) == ready ]]; do sleep 0.5; done
    none "$who"
  done
}

#!/bin/sh
# WordPress on this machine, from nothing: brings what is missing (Node 24, a Docker engine, images), then `stack up -d --wait`.
# Run it again at any time: it changes only what has to change, and removes nothing.
#
#   WORDPRESS_PORT=8081 npm run wordpress     on another port than 8080
set -eu
example=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$example/../.." && pwd)
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

say() { printf '\n==> %s\n' "$*"; }
die() { printf '\nrun.sh: %s\n' "$*" >&2; exit 1; }
is_root() { [ "$(id -u)" -eq 0 ]; }
stack() { "$root/node_modules/.bin/node" "$root/dist/main.js" "$@"; }

# Runs a long command quietly, and shows what it said only if it fails.
quietly() {
  "$@" >"$logs/last" 2>&1 || { code=$?; cat "$logs/last" >&2; return $code; }
}

install() {
  is_root || die "needs $*: run as root \"apt-get install $*\""
  command -v apt-get >/dev/null || die "needs $*: please install"
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -qq --no-install-recommends "$@" >"$logs/apt" 2>&1 || { # old package lists are the usual cause
    quietly apt-get update -qq
    quietly apt-get install -qq --no-install-recommends "$@"
  }
}

build_stack() {
  cd "$root"
  if [ ! -x node_modules/.bin/node ] || [ -n "$(find package-lock.json -newer node_modules/.package-lock.json)" ]; then
    say 'Installing dependencies, Node 24 among them'
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  fi
  PATH=$root/node_modules/.bin:$PATH quietly npm run -s build
}

# Exit code 5 is an engine that does not answer. All other trouble (a context that does not exist…) is for a person.
is_engine_up() {
  stack ls >"$logs/ls" 2>&1 && return
  [ $? -eq 5 ] || { cat "$logs/ls" >&2; exit 1; }
  return 1
}

start_engine() {
  is_engine_up && return
  [ -z "${DOCKER_HOST:-}${DOCKER_CONTEXT:-}" ] || die "$(cat "$logs/ls")"
  say 'No Docker engine answers: starting one'
  if ! command -v dockerd >/dev/null; then
    is_root || die 'no Docker engine answers and none is installed. Install one (Debian, Ubuntu: apt-get install docker.io), or run this as root'
    echo "installing this distribution's package docker.io"
    install docker.io iptables ca-certificates
    is_engine_up && return
  fi
  is_root || die 'a Docker engine is installed and does not answer. Start it as root, or join the group "docker"'
  if [ -d /run/systemd/system ]; then
    systemctl start docker
  else
    echo 'no service manager here: dockerd runs in the background and writes to /var/log/dockerd.log'
    setsid nohup dockerd </dev/null >>/var/log/dockerd.log 2>&1 &
  fi
  for _ in $(seq 60); do
    is_engine_up && return
    sleep 1
  done
  tail -n 20 /var/log/dockerd.log >&2 || true
  die 'the Docker engine did not start'
}

# The official images; where the engine reaches no registry, stand-ins under the same names.
fetch_images() {
  say 'Fetching the images that are missing'
  stack pull --policy missing && return
  say 'No registry answers: building stand-ins for the official images from packages of Debian, under the same names'
  command -v mmdebstrap >/dev/null || install mmdebstrap
  "$example/stand-ins/prepare.sh" mysql >"$logs/mysql" &
  "$example/stand-ins/prepare.sh" wordpress >"$logs/wordpress" || die 'the stand-in for wordpress could not be built'
  wait $! || die 'the stand-in for mysql could not be built'
  export WORDPRESS_CONTEXT MYSQL_CONTEXT
  WORDPRESS_CONTEXT=$(cat "$logs/wordpress") MYSQL_CONTEXT=$(cat "$logs/mysql")
  stack --file stand-ins/compose.yaml build
}

# One password a file. The folder keeps other users out; inside a container, the web server must be able to read its file.
make_secrets() {
  (umask 077 && mkdir -p "$example/secrets")
  for name in db_password db_root_password; do
    [ -s "$example/secrets/$name" ] || od -An -N 18 -t x1 /dev/urandom | tr -d ' \n' >"$example/secrets/$name"
  done
}

address() {
  case ${DOCKER_HOST:-} in
    tcp://* | ssh://*) host=${DOCKER_HOST#*://} host=${host#*@} host=${host%%[:/]*} ;;
    *) host=localhost ;;
  esac
  echo "http://$host:${WORDPRESS_PORT:-8080}"
}

wait_for_answer() {
  "$root/node_modules/.bin/node" -e '
    const until = Date.now() + 60_000;
    const answers = () => fetch(process.argv[1], { signal: AbortSignal.timeout(5000) }).then((answer) => answer.ok, () => false);
    while (!(await answers())) {
      if (Date.now() > until) process.exit(1);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }' --input-type=module "$1"
}

build_stack
cd "$example"
start_engine
make_secrets
fetch_images
say 'stack up -d --wait'
stack up -d --wait || die 'WordPress is not up. If another program has the port: WORDPRESS_PORT=8081 npm run wordpress'
url=$(address)
wait_for_answer "$url" || die "WordPress runs, and $url does not answer: see the log with \"stack logs wordpress\""

cat <<END

WordPress answers at $url

  alias stack='$root/node_modules/.bin/node $root/dist/main.js'
  cd $example
  stack ps                    what runs
  stack logs -f wordpress     what it says
  stack down                  take it down; its data stays (stack down --volumes removes that, too)
END

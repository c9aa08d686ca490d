#!/bin/sh
# Prepares a build context for a stand-in of the official image `wordpress` or `mysql`, out of Debian's packages,
# for machines whose engine reaches no registry. Prints the context's folder.
#
#   prepare.sh wordpress|mysql
#
# Root filesystems are kept in $STACK_IMAGES (default /var/tmp/stack-images), by a hash of how they are made.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${STACK_IMAGES:-/var/tmp/stack-images}

say() { echo "$*" >&2; }

# The mirror that this machine's apt uses.
mirror() {
  codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  # shellcheck disable=SC2016 # apt-get fills these in
  apt-get indextargets --format '$(SITE) $(RELEASE) $(CODENAME) $(COMPONENT)' |
    awk -v codename="$codename" '($2 == codename || $3 == codename) && / main$/ { print $1; exit }'
}

# RELEASE FOLDER PACKAGES PATHS: FOLDER's files beside a rootfs.tar of these packages without these paths.
context() {
  release=$1 recipe=$here/$2 packages=$3 without=$4
  place=$cache/$2-$release-$(cat "$recipe/root.sh" "$0" | sha256sum | cut -c 1-12)
  mkdir -p "$place"
  if [ ! -e "$place/rootfs.tar" ]; then
    say "  building the root filesystem of $2 from Debian $release (about a minute)"
    excludes=$(for path in /usr/share/doc /usr/share/man /usr/share/locale $without; do echo "--dpkgopt=path-exclude=$path*"; done)
    # TMPDIR: what a killed run leaves is beside the result. An expired release file is no reason to refuse sid.
    # shellcheck disable=SC2086 # one word each
    TMPDIR=$place nice mmdebstrap --variant=apt --include="$packages" --dpkgopt=force-unsafe-io $excludes \
      --aptopt='Acquire::Check-Valid-Until "false"' --customize-hook="sh $recipe/root.sh \"\$1\"" \
      "$release" "$place/half.$$.tar" "$(mirror)" >"$place/log" 2>&1 || return 1
    mv "$place/half.$$.tar" "$place/rootfs.tar" || return 1
  fi
  for file in "$recipe"/*; do [ "$file" = "$recipe/root.sh" ] || cp "$file" "$place/"; done
  echo "$place"
}

# sid has the newest of both, and moves: where it cannot be installed today, the stable release has to do.
wordpress() {
  packages=wordpress,wordpress-theme-twentytwentyfive,libapache2-mod-php,php-mysql,php-curl,php-xml,php-mbstring,php-intl,php-zip,curl
  without='/usr/bin/mariadb- /usr/bin/my /usr/bin/perror'
  context sid wordpress "$packages" "$without" && return
  say '  WordPress of Debian sid does not install today: taking the one of trixie'
  context trixie wordpress "$packages" "$without"
}

mysql() {
  context sid mysql mysql-server-core,mysql-client-core,tzdata '/usr/bin/myisam /usr/bin/mysql_ /usr/bin/mysqlslap /usr/bin/perror /usr/bin/ibd2sdi' && return
  say '  MySQL of Debian sid does not install today: MariaDB of trixie stands in for it'
  context trixie mysql mariadb-server-core,mariadb-client,tzdata ''
}

command -v mmdebstrap >/dev/null || { say 'prepare.sh: needs Debian with mmdebstrap (apt-get install mmdebstrap)'; exit 1; }
case ${1:-} in
  wordpress) wordpress ;;
  mysql) mysql ;;
  *) say 'usage: prepare.sh wordpress|mysql'; exit 2 ;;
esac

#!/bin/bash
# As the official image does: makes the database that the variables ask for when the volume is empty, then serves it.
set -euo pipefail
data=/var/lib/mysql

# The value of NAME, or what the file in NAME_FILE holds.
setting() {
  local file=$1_FILE
  if [[ -n ${!file:-} ]]; then
    [[ -z ${!1:-} ]] || { echo "Both $1 and $file are set: only one may be" >&2; exit 1; }
    cat "${!file}"
  else
    echo "${!1:-}"
  fi
}

quoted() { local s=${1//\\/\\\\}; echo "'${s//\'/\\\'}'"; }

# One statement a line: that is what an init file may hold.
statements() {
  local root=$1 database=$2 user=$3 password=$4
  echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $(quoted "$root");"
  if [[ $root_host != localhost ]]; then
    echo "CREATE USER 'root'@$(quoted "$root_host") IDENTIFIED BY $(quoted "$root");"
    echo "GRANT ALL ON *.* TO 'root'@$(quoted "$root_host") WITH GRANT OPTION;"
  fi
  [[ -z $database ]] || echo "CREATE DATABASE \`${database//\`/\`\`}\`;"
  [[ -z $user ]] || echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");"
  [[ -z $user || -z $database ]] || echo "GRANT ALL ON \`${database//_/\\_}\`.* TO $(quoted "$user")@'%';"
}

make_database() {
  local root database user password root_host
  root=$(setting MYSQL_ROOT_PASSWORD) database=$(setting MYSQL_DATABASE) root_host=$(setting MYSQL_ROOT_HOST)
  user=$(setting MYSQL_USER) password=$(setting MYSQL_PASSWORD)
  root_host=${root_host:-%}
  if [[ -z $root && -n ${MYSQL_RANDOM_ROOT_PASSWORD:-} ]]; then
    root=$(head -c 24 /dev/urandom | base64)
    echo "GENERATED ROOT PASSWORD: $root"
  fi
  if [[ -z $root && -z ${MYSQL_ALLOW_EMPTY_PASSWORD:-} ]]; then
    echo 'The database is not made yet, and no password is given: set MYSQL_ROOT_PASSWORD (or _FILE),' \
      'MYSQL_ALLOW_EMPTY_PASSWORD or MYSQL_RANDOM_ROOT_PASSWORD' >&2
    exit 1
  fi
  [[ -z $user || -n $password ]] || { echo 'MYSQL_USER is set, MYSQL_PASSWORD is not' >&2; exit 1; }
  echo "Making the database in $data"
  # Beside its place, and the folder "mysql" last: what a killed container left is not taken for a database.
  rm -rf "$data/.new"
  install -d -o mysql -g mysql "$data/.new"
  (umask 077 && statements "$root" "$database" "$user" "$password" >/run/mysqld/init.sql && chown mysql: /run/mysqld/init.sql)
  if command -v mariadb-install-db >/dev/null; then
    mariadb-install-db --user=mysql --datadir="$data/.new" --auth-root-authentication-method=normal --skip-test-db >/dev/null
    {
      echo "DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';" # those have no password
      echo 'FLUSH PRIVILEGES;'
      cat /run/mysqld/init.sql
    } | "$@" --datadir="$data/.new" --bootstrap
  else
    "$@" --datadir="$data/.new" --initialize-insecure --init-file=/run/mysqld/init.sql
  fi
  rm /run/mysqld/init.sql
  mv "$data/.new/mysql" "$data/.mysql"
  mv -f "$data/.new"/* "$data/"
  rmdir "$data/.new"
  mv "$data/.mysql" "$data/mysql"
}

[[ ${1:0:1} != - ]] || set -- mysqld "$@"
if [[ $1 == mysqld ]]; then
  install -d -o mysql -g mysql "$data" /run/mysqld
  [[ -d $data/mysql ]] || make_database "$@"
fi
exec "$@"

# Gives the root filesystem $1 what Debian's larger package mysql-server would: a user, folders, a configuration.
set -eu
rm -rf "$1/var/lib/mysql" "$1/etc/mysql"
echo 'mysql:x:999:999:MySQL:/var/lib/mysql:/bin/false' >>"$1/etc/passwd"
echo 'mysql:x:999:' >>"$1/etc/group"
install -d -o 999 -g 999 "$1/var/lib/mysql" "$1/var/lib/mysql-files"
mkdir -p "$1/etc/mysql"
cat >"$1/etc/mysql/my.cnf" <<'CONFIG'
[mysqld]
user = mysql
datadir = /var/lib/mysql
socket = /run/mysqld/mysqld.sock
pid-file = /run/mysqld/mysqld.pid
secure-file-priv = /var/lib/mysql-files
host_cache_size = 0
skip_name_resolve
[client]
socket = /run/mysqld/mysqld.sock
CONFIG

# MariaDB stands in for MySQL under MySQL's names.
for name in mysql mysqladmin mysqldump; do
  [ -e "$1/usr/bin/$name" ] || ln -s "$(echo "$name" | sed 's/^mysql/mariadb-/; s/-$//')" "$1/usr/bin/$name"
done
[ -e "$1/usr/sbin/mysqld" ] || ln -s mariadbd "$1/usr/sbin/mysqld"

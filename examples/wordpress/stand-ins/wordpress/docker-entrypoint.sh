#!/bin/sh
# As the official image does: puts WordPress into the volume once, then a configuration that reads the environment.
set -eu
cd /var/www/html
case $1 in
  apache2*)
    if [ ! -e index.php ] && [ ! -e wp-includes/version.php ]; then
      echo 'WordPress not found in /var/www/html: copying it there'
      # index.php last: a copy that was cut off begins again
      tar -C /usr/src/wordpress --exclude ./index.php -c . | tar -x
      cp -p /usr/src/wordpress/index.php .
    fi
    if [ ! -e wp-config.php ]; then
      echo 'No wp-config.php in /var/www/html: making one that reads WORDPRESS_* variables'
      while IFS= read -r line; do
        case $line in
          *'put your unique phrase here'*)
            key=$(head -c 40 /dev/urandom | sha256sum | cut -d ' ' -f 1)
            line="${line%%put your unique phrase here*}$key${line#*put your unique phrase here}"
            ;;
        esac
        printf '%s\n' "$line"
      done </usr/src/wordpress/wp-config-docker.php >wp-config.php.new
      chown www-data:www-data wp-config.php.new
      mv wp-config.php.new wp-config.php
    fi
    ;;
esac
exec "$@"

# Makes the root filesystem $1 look like the official image's: WordPress in /usr/src, Apache with PHP for /var/www/html.
set -eu
# Debian spreads WordPress over several folders and links them together.
chroot "$1" sh -eu <<'INSIDE'
mkdir -p /usr/src
cp -rL /usr/share/wordpress /usr/src/wordpress
rm -rf /usr/share/wordpress /usr/src/wordpress/wp-config.php /var/www/html/*
chown -R www-data:www-data /usr/src/wordpress /var/www/html
a2enmod -q rewrite expires headers
echo 'ServerName localhost' >/etc/apache2/conf-available/server-name.conf
printf '<Directory /var/www/>\n  AllowOverride All\n</Directory>\n' >/etc/apache2/conf-available/htaccess.conf
a2enconf -q server-name htaccess
for log in access error other_vhosts_access; do ln -sf /proc/self/fd/$([ $log = error ] && echo 2 || echo 1) /var/log/apache2/$log.log; done
INSIDE

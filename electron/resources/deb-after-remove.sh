
# An upgrade removes the old version after the new one has made its link.
if [ "$1" != 'upgrade' ] && [ "$(readlink '/usr/bin/shelfmatch')" = '/opt/${sanitizedProductName}/resources/shelfmatch/bin/shelfmatch' ]; then
    rm -f '/usr/bin/shelfmatch'
fi

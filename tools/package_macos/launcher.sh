#!/bin/sh
# amif-netcheck.app: from a terminal or with words it is the program itself; opened in the Finder it opens Terminal.
resources=$(CDPATH='' cd -- "$(dirname -- "$0")/../Resources" && pwd -P) || exit 70
if [ $# -gt 0 ] || [ -t 0 ]; then
    exec "$resources/python/bin/python3" -I -B -X utf8 -m amif_netcheck "$@"
fi
exec /usr/bin/open -b com.apple.Terminal "$resources/amif-netcheck.command"

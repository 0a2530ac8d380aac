#!/bin/sh
# What Terminal runs: a window with room for the app, which stays open after an error.
resources=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) || exit 70
printf '\033[8;40;120t\033]0;%s\007\033[H\033[2J' "@TITLE@"
"$resources/python/bin/python3" -I -B -X utf8 -m amif_netcheck
code=$?
case $code in
0 | 1 | 3 | 4 | 130) ;;
*)
    case $(/usr/bin/defaults read -g AppleLanguages 2>/dev/null) in
    *'"fr'* | *' fr'*) printf '\nAppuyez sur Entrée pour terminer.' ;;
    *) printf '\nPress Enter to end.' ;;
    esac
    read -r _
    ;;
esac
exit $code

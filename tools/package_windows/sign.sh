#!/bin/sh
# Signs a Windows program in place: `sign.sh FILE`. CERTIFICATE_FILE is a .p12, CERTIFICATE_PASSWORD its password;
# TIMESTAMP_SERVER another server for the time than the default; empty: no time, and the signature ends with its certificate.
set -eu
server=${TIMESTAMP_SERVER-http://timestamp.digicert.com}
osslsigncode sign -pkcs12 "$CERTIFICATE_FILE" -readpass /dev/stdin -h sha256 -n "amif-netcheck" ${server:+-ts "$server"} \
    -in "$1" -out "$1.signed" <<PASSWORD
${CERTIFICATE_PASSWORD:-}
PASSWORD
mv "$1.signed" "$1"

#!/bin/sh
# Adds an app to Postern, changes nothing if it is there as it should be, and removes it; with curl alone.
#
#   pipeline.sh add APP.json    prints what is registered, with the secret if the app is new
#   pipeline.sh remove ID
#
# ISSUER, and the CLIENT_ID and CLIENT_SECRET of a service that holds postern:clients:write, are in the environment.
set -eu

usage() {
    sed -n '4,7s/^# *//p' "$0" >&2
    exit 64
}
[ $# -eq 2 ] || usage
# curl would send nothing in its place, and say nothing of it.
[ "$1" != add ] || [ -r "$2" ] || {
    echo "pipeline.sh: there is no file $2 that could be read" >&2
    exit 66
}

api=$ISSUER/admin/api/v1

# What is secret goes to curl by its standard input: other users of the machine can read a command line.
token=$(printf 'user = "%s:%s"\n' "$CLIENT_ID" "$CLIENT_SECRET" |
    curl -K - --fail-with-body -sS "$ISSUER/token" -d grant_type=client_credentials --data-urlencode "resource=$api") || {
    status=$?
    echo "$token" >&2
    exit $status
}
token=${token#*\"access_token\":\"}
token=${token%%\"*}

call() {
    printf 'header = "Authorization: Bearer %s"\n' "$token" | curl -K - --fail-with-body -sS "$@"
}

case $1 in
    add) call "$api/clients" -H "Content-Type: application/json" -d "@$2" ;;
    remove) call -X DELETE "$api/clients/$2" ;;
    *) usage ;;
esac

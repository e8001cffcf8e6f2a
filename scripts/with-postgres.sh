#!/bin/bash
# Runs a command beside a private PostgreSQL server and removes the server afterwards, whatever happens.
#
#   scripts/with-postgres.sh cargo test -p store
#
# The command finds the server's address in HELIN_TEST_POSTGRES. The server lives in a temporary folder, listens
# on a Unix socket in it and on no network port, and does not sync to disk: it is for tests only. PostgreSQL
# refuses to run as root, so root starts it as the user `postgres` of Debian's package.
set -euo pipefail

fail() {
    echo "with-postgres.sh: $*" >&2
    exit 1
}

[ $# -gt 0 ] || fail "usage: scripts/with-postgres.sh COMMAND [ARGUMENT...]"

# The newest installed version.
bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin -type d 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] && [ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] ||
    fail "PostgreSQL's server is missing under /usr/lib/postgresql: apt-get install postgresql"

if [ "$(id -u)" -eq 0 ]; then
    id postgres >/dev/null 2>&1 || fail "no user postgres to run the server as: apt-get install postgresql"
    command -v setpriv >/dev/null || fail "setpriv is missing: apt-get install util-linux"
    as_server() { setpriv --reuid postgres --regid postgres --init-groups -- "$@"; }
else
    as_server() { "$@"; }
fi

# The path of a Unix socket may be 107 bytes long, so the folder stands in /tmp whatever TMPDIR says.
folder=$(mktemp -d /tmp/helin-pg.XXXXXX)
command_pid=

clean() {
    status=$?
    trap - EXIT
    trap '' INT TERM HUP
    if [ -n "$command_pid" ]; then
        # With all its children: the tests that cargo started, not cargo alone.
        kill -- "-$command_pid" 2>/dev/null || true
        wait "$command_pid" 2>/dev/null || true
    fi
    if [ -f "$folder/data/postmaster.pid" ]; then
        as_server "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    fi
    rm -rf "$folder"
    exit "$status"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

if [ "$(id -u)" -eq 0 ]; then
    chown postgres: "$folder"
fi
# The server's user may not be able to read the folder we stand in.
pushd "$folder" >/dev/null
as_server "$bin/initdb" -D "$folder/data" -U helin --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync \
    >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; fail "initdb failed"; }
as_server "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -w -t 60 \
    -o "-k '$folder' -c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
        -c max_connections=300 -c shared_buffers=32MB" start >"$folder/start.log" 2>&1 ||
    { cat "$folder/start.log" "$folder/data/server.log" >&2; fail "the server did not start"; }
popd >/dev/null

# `%2F` stands for the slashes of the socket's folder.
HELIN_TEST_POSTGRES="postgres://helin@$(printf %s "$folder" | sed 's,/,%2F,g')/postgres"
export HELIN_TEST_POSTGRES

# In the background, so that a signal is acted on at once and not when the command ends, and in a process group
# of its own (`-m`), so that it can be ended whole.
set -m
"$@" </dev/null &
command_pid=$!
status=0
wait "$command_pid" || status=$?
command_pid=
exit "$status"

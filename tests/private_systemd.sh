#!/bin/bash
# A real systemd of a user's, seen by nobody else: in a mount namespace of its own, with an empty /run.
# usage: unshare --mount --propagation private bash private_systemd.sh COMMAND…
set -eu
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system # what libsystemd takes for "booted by systemd"
mkdir -m 700 /run/user-of-this-test
export XDG_RUNTIME_DIR=/run/user-of-this-test
unset DBUS_SESSION_BUS_ADDRESS
/lib/systemd/systemd --user --log-target=null &
manager=$!
trap 'kill $manager; wait $manager || true' EXIT
for _ in $(seq 100); do
  systemctl --user is-system-running --quiet 2>/dev/null && break
  sleep 0.1
done
"$@"

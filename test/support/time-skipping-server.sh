#!/bin/sh
# Runs the time-skipping test server for as long as the test process that asked for it lives.
# The SDK starts this script with the port as its argument and ends it by a signal; a test process that is killed
# cannot do that, so the script looks after it once a second.
"$TEMPORAL_TEST_SERVER_PATH" "$@" &
server=$!
trap 'kill -TERM "$server" 2>/dev/null' TERM INT HUP
(
  trap - TERM INT HUP
  while kill -0 "$PPID" && kill -0 "$$" && kill -0 "$server"; do sleep 1; done
  kill -KILL "$server"
) >/dev/null 2>&1 &
while kill -0 "$server" 2>/dev/null; do
  wait "$server"
  code=$?
done
exit "${code:-1}"

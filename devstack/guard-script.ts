/**
 * The guard of a process: it holds the read end of a pipe whose other end is ours, and nothing else holds that other
 * end. However we end (a clean exit, a crash, SIGKILL), the kernel closes it, `read` returns, and the server is told
 * to stop.
 *
 * `$1` is the grace in seconds, the rest is the command. File descriptor 3 reports the server's pid. The guard leads a
 * session and a process group of its own, so `kill 0` reaches the server and whatever that has started.
 *
 * A background job of a shell without job control gets /dev/null as standard input, hence the copy on 4.
 * `wait` returns early when a trapped signal arrives, hence the loop.
 * A process that is stopped (SIGSTOP) cannot end in good order, nor can one that uses it, hence the SIGCONT.
 * A supervisor may signal every process at once: the watcher must outlive that, hence its empty traps.
 * A signal that comes while a shell starts a program can get lost, hence the second SIGTERM to what the server has left.
 */
export const GUARD = `
grace=$1; shift
exec 4<&0 </dev/null
MIMECAST_GUARD=$$ "$@" 3>&- 4<&- &
server=$!
trap 'kill -TERM "$server" 2>/dev/null' TERM INT HUP
echo "$server" >&3
exec 3>&-
(
  trap '' TERM INT HUP
  while read -r _ <&4; do :; done
  kill -TERM "$server"
  kill -CONT 0
  while [ "$grace" -gt 0 ] && kill -0 "$server"; do sleep 1; grace=$((grace - 1)); done
  kill -0 "$server" && kill -KILL 0
) >/dev/null 2>&1 &
watcher=$!
exec 4<&-
while :; do
  wait "$server"; code=$?
  kill -0 "$server" 2>/dev/null || break
done
trap '' TERM
kill -KILL "$watcher" 2>/dev/null
kill -TERM 0
(sleep 1; kill -TERM 0) >/dev/null 2>&1 &
exit "$code"
`;

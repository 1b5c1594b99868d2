/**
 * Ends this program when the process that started it is gone, however that happened: `npm run`, which a SIGKILL or the
 * end of its terminal leaves no time to pass anything on, or the guard of a program of `npm start`.
 *
 * It counts as a hang-up (SIGHUP), so a program has one way to stop and needs not know of this. A program that was
 * started by hand, in the background perhaps, or by a service manager, has no such parent and is left alone.
 *
 * @param {string} program as the npm script names it
 */
export function watchParent(program) {
  const parent = process.ppid;
  if (!isStartedByNpm(program) && process.env.MIMECAST_GUARD !== String(parent)) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGHUP');
  }, LOOK_MS);
  timer.unref();
}

const LOOK_MS = 250;

/** Everything below an `npm run` inherits its variables, so the script has to be the one that starts this program. */
function isStartedByNpm(program) {
  return process.env.npm_lifecycle_script?.includes(`scripts/run.mjs ${program}`) ?? false;
}

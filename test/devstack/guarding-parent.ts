/** Guards a shell script, prints its pid, and then waits to be killed by a test. */
import { spawnGuarded } from '../../devstack/guarded-process.js';

const script = process.argv[2] ?? '';
spawnGuarded('sh', ['-c', script], { name: 'server', logFile: '/dev/null', graceSeconds: 1 }).then(
  ({ pid }) => {
    setInterval(() => undefined, 60_000);
    process.stdout.write(String(pid));
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

import { DefaultLogger, Runtime } from '@temporalio/worker';

let isQuiet = false;

/**
 * Keeps Temporal's log to what points at a defect: errors, and the core's warnings, which are all that is seen of a
 * workflow task that fails again and again. To be called before any worker is made.
 */
export function quietRuntime(): void {
  // Test files that share a process share its runtime.
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      // The time-skipping server lacks it, and no activity needs it.
      if (message.includes('activity_failure_include_heartbeat')) return;
      if (level === 'ERROR' || meta?.sdkComponent === 'core') console.error(level, message, meta?.error ?? '');
    }),
    telemetryOptions: { logging: { forward: {}, filter: 'WARN' } },
  });
}

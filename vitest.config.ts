import { defineConfig } from 'vitest/config';

/** Folders of tests that need Temporal and MongoDB. All others run without, so that a small change is tested at once. */
const INTEGRATION = ['store', 'activities', 'workflows', 'management', 'e2e', 'support'].map(
  (name) => `test/${name}/**/*.test.ts`,
);

/** Kills servers and loads the machine, so it runs when all other tests are through. */
const FAULT_SUITE = 'test/faults/fault-suite.test.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    // Real servers share the machine with the tests.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...INTEGRATION, FAULT_SUITE] } },
      {
        extends: true,
        test: { name: 'integration', include: INTEGRATION, globalSetup: 'test/support/start-servers.ts' },
      },
      { extends: true, test: { name: 'faults', include: [FAULT_SUITE], sequence: { groupOrder: 1 } } },
    ],
  },
});

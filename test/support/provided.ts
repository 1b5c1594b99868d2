/** What `start-servers.ts` tells the tests, for `inject`. */
export interface ProvidedServers {
  mongodbUri: string;
  temporalAddress: string;
  temporalNamespace: string;
  /** Path of the time-skipping test server's program. */
  testServer: string;
  workflowBundle: ProvidedBundle;
  /** Of the compiled programs, see `compile-programs.ts`; there are none when the workflows are broken. */
  compiledRoot: string | undefined;
}

/** Broken workflows are the concern of the tests that use them, and of no others. */
export type ProvidedBundle = { codePath: string } | { error: string };

declare module 'vitest' {
  interface ProvidedContext extends ProvidedServers {}
}

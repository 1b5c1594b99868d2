/** Whether a program can do its work. */
export interface Readiness {
  readonly isReady: boolean;
  /** What a probe is answered with: nothing that strangers must not know. */
  readonly body: Readonly<Record<string, string>>;
}

import { classify, type Failure, RawError } from '../../src/domain/failures/failure.js';

/** What a piece of work fails of, as the failure table has it. @throws Error when it does not fail so. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RawError)) throw new Error(`no RawError but ${String(error)}`);
  return classify(error.facts);
}

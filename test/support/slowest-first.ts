/** Files in the order in which they start: those that take minutes first, so that no single one runs on at the end. */

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of one project follow each other, as its processes are shared. */
const PROJECTS = ['long', 'system', 'browser', 'integration', 'unit', 'faults'];
/** Waits for minutes, and needs little of the machine meanwhile. */
const FIRST = 'pauses.long.test.ts';

export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project, moduleId }: TestSpecification) =>
      moduleId.endsWith(FIRST) ? -1 : PROJECTS.indexOf(project.name);
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

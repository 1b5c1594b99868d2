import { expect, test } from 'vitest';
import { sourceIdOfAnyName, workflowIdIn } from '../../src/domain/contract/installation.js';
import { exportingSourceOf, exportWorkflowIdIn } from '../../src/domain/export/export.js';
import { pastExportWorkflowIdIn } from '../../src/domain/export/past-export.js';

const NAMES = [undefined, 'acme', 'past', 'x-past', 'a-5-past', 'a-5-past-export', 'export', 'a-5-export'];

test.each(NAMES)('IDs of an installation called %s name their source, whatever they look like', (name) => {
  const installation = name === undefined ? {} : { name };
  expect(sourceIdOfAnyName(workflowIdIn(installation, 7))).toBe(7);
  expect(exportingSourceOf(exportWorkflowIdIn(installation, 7))).toBe(7);
  const past = pastExportWorkflowIdIn(installation, { sourceId: 7, exportId: 3 });
  expect(exportingSourceOf(past)).toBe(7);
  expect(sourceIdOfAnyName(past)).toBeUndefined();
});

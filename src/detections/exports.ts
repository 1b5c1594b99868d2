/** The forms that detections are exported in. */

import type { Detection } from '../domain/detections/detection.js';
import { ECS } from './ecs.js';
import { inForm } from './form.js';
import { OCSF } from './ocsf.js';

/** `json`: as the API shows them. */
export const EXPORT_FORMATS = ['json', 'ecs', 'ocsf'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export function exported(format: ExportFormat, detection: Detection): object {
  if (format === 'json') return detection;
  return inForm(format === 'ecs' ? ECS : OCSF, detection);
}

/** One JSON object per line. */
export function exportedLines(format: ExportFormat, detections: readonly Detection[]): string {
  return detections.map((detection) => `${JSON.stringify(exported(format, detection))}\n`).join('');
}

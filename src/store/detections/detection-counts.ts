/** Counts the records that are detections, over time. */

import type { Document } from 'mongodb';
import type { DetectionKind, Severity } from '../../domain/detections/detection.js';
import type { DetectionPart, WantedRule } from '../../domain/detections/rule.js';
import type { StreamName } from '../../domain/streams/streams.js';
import type { Store } from '../driver.js';
import { records } from '../records.js';
import { isTimeUp, type TimeBudget } from '../search/time-budget.js';
import { alternativesOf, type DetectionRange, inRange, noneOf } from './detection-conditions.js';

export interface DetectionCount {
  readonly kind: DetectionKind;
  readonly severity: Severity;
  /** Since when, in widths of the count. */
  readonly bucket: number;
  readonly count: number;
}

export interface CountRequest extends DetectionRange {
  readonly since: Date;
  readonly widthMs: number;
  readonly budget: TimeBudget;
}

/** @returns the counts, and the streams that could not be counted in time. */
export async function countDetections(
  store: Store,
  parts: readonly DetectionPart[],
  request: CountRequest,
): Promise<{ readonly counts: readonly DetectionCount[]; readonly uncounted: readonly StreamName[] }> {
  const asked = parts.flatMap((part) => part.wanted.map((rule) => ({ part: { ...part, wanted: [rule] }, rule })));
  const uncounted = new Set<StreamName>();
  const counts = await Promise.all(
    asked.flatMap(({ part, rule }) =>
      alternativesOf(part).map((condition, at, all) =>
        countOf(
          store,
          part.stream,
          rule,
          { $and: [condition, noneOf(all.slice(0, at)), inRange(request)] },
          request,
        ).catch((error: unknown) => {
          if (!isTimeUp(error)) throw error;
          uncounted.add(part.stream);
          return [];
        }),
      ),
    ),
  );
  return { counts: counts.flat(), uncounted: [...uncounted] };
}

async function countOf(
  store: Store,
  stream: StreamName,
  { kind, severity }: WantedRule,
  condition: Document,
  { since, widthMs, budget }: CountRequest,
): Promise<DetectionCount[]> {
  const bucket = { $floor: { $divide: [{ $subtract: ['$_messageTime', since] }, widthMs] } };
  const pipeline = [{ $match: condition }, { $group: { _id: bucket, count: { $sum: 1 } } }];
  const found = await budget.ask((options) =>
    records(store, stream).aggregate<{ readonly _id: number; readonly count: number }>(pipeline, options).toArray(),
  );
  return found.map(({ _id, count }) => ({ kind, severity, bucket: _id, count }));
}

/** The query parameters that both SIEM endpoints share. */
import { SIEM_STREAMS, type SiemStream } from '../../src/domain/streams/streams.js';

const MAX_PAGE_SIZE = 100;

/** Seen in no source: the server's own page size; the largest allowed is what peers ask for. */
const DEFAULT_PAGE_SIZE = 100;

export interface SiemQuery {
  /** Empty: none were named. */
  readonly types: readonly SiemStream[];
  readonly pageSize: number;
  readonly token: string | undefined;
  readonly startsAt: string | undefined;
  readonly endsAt: string | undefined;
}

function presentOr(query: URLSearchParams, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = query.get(name);
    if (value !== null && value !== '') return value;
  }
  return undefined;
}

/** @param mistakes gets a sentence for each parameter that is wrong. */
export function readSiemQuery(query: URLSearchParams, mistakes: string[]): SiemQuery {
  const types: SiemStream[] = [];
  const names = presentOr(query, 'type', 'types')?.split(',') ?? [];
  for (const name of names.map((text) => text.trim())) {
    const type = SIEM_STREAMS.find((stream) => stream === name);
    if (!type) mistakes.push(`\`${name}\` is not a type of event`);
    else if (!types.includes(type)) types.push(type);
  }
  const pageSize = Number(presentOr(query, 'pageSize') ?? DEFAULT_PAGE_SIZE);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
    mistakes.push(`\`pageSize\` must be a whole number from 1 to ${MAX_PAGE_SIZE}`);
  }
  return {
    types,
    pageSize,
    token: presentOr(query, 'nextPage'),
    startsAt: presentOr(query, 'dateRangeStartsAt'),
    endsAt: presentOr(query, 'dateRangeEndsAt'),
  };
}

/** The set of types as one number, for page tokens. */
export function typeBits(types: readonly SiemStream[]): number {
  return types.reduce((bits, type) => bits | (1 << SIEM_STREAMS.indexOf(type)), 0);
}

export function typesOf(bits: number): SiemStream[] {
  return SIEM_STREAMS.filter((_, at) => bits & (1 << at));
}

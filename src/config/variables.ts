/** Forms of environment variables that several programs have. */

import { z } from 'zod';

type Given = Parameters<z.core.CheckFn<Readonly<Record<string, unknown>>>>[0];

/** Names the one that is missing of two variables that only mean something together. */
export function refuseAlone({ value, issues }: Given, one: string, other: string): void {
  for (const [missing, present] of [
    [one, other],
    [other, one],
  ] as const)
    if (value[missing] === undefined && value[present] !== undefined)
      issues.push({ code: 'custom', input: undefined, path: [missing], message: `needed together with ${present}` });
}

export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .refine((text) => /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    })
    .transform(Number);

/** 0: any free one. */
export const port = wholeNumber(0, 65_535);

/** What a program listens on. */
export const hostAddress = z.string().regex(/^[A-Za-z0-9.:_-]{1,255}$/, 'must be an address such as 127.0.0.1');

/** Names or addresses, with commas or blanks between them. */
export const hostNames = z
  .string()
  .transform((text) =>
    text
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((name) => name !== ''),
  )
  .refine((names) => names.every((name) => /^(\[[0-9a-f:]+\]|[a-z0-9._-]{1,253})$/.test(name)), {
    error: 'must be names or addresses of hosts, such as siem.example.internal,10.0.0.5',
  });

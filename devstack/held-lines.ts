/** How much the simulator holds. */

export interface HeldByTenant {
  readonly clientId: string;
  /** By stream. Lines that are no records count, too. */
  readonly streams: Readonly<Record<string, { readonly held: { readonly lines: number } }>>;
}

/** Of all tenants of a running simulator, at this moment. */
export async function heldLines(simulatorUrl: string): Promise<readonly HeldByTenant[]> {
  const answer = await fetch(`${simulatorUrl}/_simulator/truth?totals=true&scope=held`);
  const { tenants } = (await answer.json()) as { readonly tenants: Readonly<Record<string, HeldByTenant>> };
  return Object.values(tenants);
}

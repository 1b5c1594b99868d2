/** @param sorted ascending @returns the smallest of the numbers that this share of them does not exceed; 0 of none */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

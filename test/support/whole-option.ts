import { InvalidArgumentError } from 'commander';

/** Reads an option that is a whole number, of nine digits at most. */
export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < least)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to 999999999.`);
    return value;
  };
}

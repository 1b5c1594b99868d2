/** What all programs have in common: one clear line for an error, and the usual exit codes. */

import { type Command, CommanderError } from 'commander';

/** 0 done · 1 refused or failed · 2 wrong usage. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** Runs a commander program and ends the process with the right code. */
export async function runProgram(program: Command): Promise<void> {
  throwMistakes(program);
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
      return;
    }
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = EXIT.failed;
  }
}

/** Wrong usage of a command, or of one below it, is thrown and not the end of the process. */
function throwMistakes(command: Command): void {
  command.exitOverride().showHelpAfterError('(add --help for the usage)');
  for (const below of command.commands) throwMistakes(below);
}

/** The message for a person; the stack only with `DEBUG` set. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (process.env.DEBUG) return error.stack ?? error.message;
  return error.message || error.name;
}

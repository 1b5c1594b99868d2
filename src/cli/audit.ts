/** `audit`: whether the audit trail is as it was written. */

import { Command, InvalidArgumentError } from 'commander';
import { EXIT } from '../runtime/program.js';
import { type ChainHead, headOf, headText } from '../store/audit-chain.js';
import type { AuditVerification, VerifyOptions } from '../store/audit-verification.js';
import type { WithAudit } from './session.js';

interface Options extends VerifyOptions {
  readonly json?: boolean;
}

export function auditCommand(withAudit: WithAudit): Command {
  const audit = new Command('audit').description('the audit trail: who changed, searched and exported what');
  audit
    .command('verify')
    .description(
      'check that no entry was changed, taken out or put in; exit code 1 if one was. Keep the head that it prints in ' +
        'another place, and give it to the next check',
    )
    .option('--since <SEQ:HASH>', 'a head that was printed earlier: the chain must go through it', head)
    .option(
      '--after <SEQ:HASH>',
      'look only at what follows this head, such as one behind a break that is explained',
      head,
    )
    .option('--json', 'print the result as JSON')
    .action(async ({ json, ...options }: Options) => {
      const found = await withAudit((commands) => commands.verify(options));
      const shown = { ...found, head: headText(found.head) };
      process.stdout.write(`${json ? JSON.stringify(shown, null, 2) : verificationText(found)}\n`);
      if (!found.isIntact) process.exitCode = EXIT.failed;
    });
  return audit;
}

function head(text: string): ChainHead {
  const found = headOf(text);
  if (found === undefined) throw new InvalidArgumentError('It must be a head that "audit verify" has printed.');
  return found;
}

export function verificationText({ isIntact, entries, earlier, head: newest, breaks }: AuditVerification): string {
  const lines = [
    `${isIntact ? 'The audit trail is intact' : 'The audit trail was meddled with'}: ${entries} entries checked.`,
    ...breaks.map((line) => `  ${line}`),
  ];
  if (earlier > 0) lines.push(`${earlier} older entries are of a version without a chain.`);
  return [...lines, `Head: ${headText(newest)}`].join('\n');
}

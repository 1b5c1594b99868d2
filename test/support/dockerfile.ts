/** Carries out a Dockerfile without Docker: each stage is a folder, and what a stage runs is run in there. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

interface Instruction {
  readonly name: string;
  readonly text: string;
}

export function instructionsOf(dockerfile: string): Instruction[] {
  const lines = dockerfile.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, ' ');
  return lines.split('\n').flatMap((line) => {
    const [, name, text] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? [];
    return name === undefined || text === undefined ? [] : [{ name, text }];
  });
}

/** What the last stage is started with. */
export interface Image {
  /** The working directory. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** As `USER` has it. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

class Stage {
  folder: string;
  readonly env: Record<string, string> = {};
  user = 'root';
  entrypoint: readonly string[] = [];
  command: readonly string[] = [];

  constructor(readonly root: string) {
    this.folder = root;
  }
}

/**
 * @param context the folder that is built.
 * @param into a folder for the stages.
 * @throws Error with the output of what failed
 */
export function buildImage(context: string, into: string): Image {
  const stages = new Map<string, Stage>();
  let stage = new Stage(into);
  const isSent = sentBy(readFileSync(join(context, '.dockerignore'), 'utf8'));
  for (const { name, text } of instructionsOf(readFileSync(join(context, 'Dockerfile'), 'utf8'))) {
    if (name === 'FROM') {
      const [, alias = `stage-${stages.size}`] = /\sAS\s+(\S+)$/.exec(text) ?? [];
      stage = new Stage(join(into, alias));
      stages.set(alias, stage);
    } else if (name === 'WORKDIR') {
      stage.folder = join(stage.root, text);
      mkdirSync(stage.folder, { recursive: true });
    } else if (name === 'COPY') copy(text, stage, stages, { context, isSent });
    else if (name === 'RUN') run(text, stage);
    else if (name === 'ENV') Object.assign(stage.env, Object.fromEntries([text.split('=', 2)]));
    else if (name === 'USER') stage.user = text;
    else if (name === 'ENTRYPOINT') stage.entrypoint = JSON.parse(text);
    else if (name === 'CMD') stage.command = JSON.parse(text);
    else throw new Error(`${name} is not understood here`);
  }
  return stage;
}

interface Context {
  readonly context: string;
  isSent(path: string): boolean;
}

function copy(text: string, stage: Stage, stages: ReadonlyMap<string, Stage>, { context, isSent }: Context): void {
  const words = text.split(/\s+/);
  const other = words[0]?.startsWith('--from=') ? stages.get(words.shift()?.slice('--from='.length) ?? '') : undefined;
  const target = join(stage.folder, words.pop() ?? '');
  for (const source of words) {
    if (other === undefined && !isSent(source)) throw new Error(`${source} is ignored, and cannot be copied`);
    const from = join(other?.root ?? context, source);
    cpSync(from, statSync(from).isDirectory() ? target : join(target, basename(from)), {
      ...{ recursive: true, preserveTimestamps: true, verbatimSymlinks: true },
    });
  }
}

function run(text: string, { folder, env }: Stage): void {
  const { PATH = '', HOME = '' } = process.env;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', text], {
    ...{ cwd: folder, env: { PATH, HOME, ...env }, encoding: 'utf8' },
  });
  if (status !== 0) throw new Error(`${text} failed:\n${stdout}${stderr}`);
}

/** Of `.dockerignore` only lists of what is sent are understood: everything else is left out. */
function sentBy(ignored: string): Context['isSent'] {
  const [all, ...lines] = ignored.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const isList = all === '*' && lines.every((line) => /^![\w.-]+$/.test(line));
  if (!isList) throw new Error('.dockerignore is no list of what is sent');
  return (path) => lines.includes(`!${path.split('/')[0]}`);
}

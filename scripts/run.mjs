/**
 * Runs one of the project's TypeScript programs: `node scripts/run.mjs FILE.ts [ARG…]`.
 *
 * Needs no dependency itself, so it works on a fresh clone: it installs the locked dependencies first when
 * `node_modules` is missing or older than the lock file.
 */
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { watchParent } from './watch-parent.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = resolve(root, 'package-lock.json');
/** npm writes this file at the end of every install. */
const installed = resolve(root, 'node_modules/.package-lock.json');

function requireNode() {
  const wanted = [20, 20];
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return;
  console.error(`Node ${process.versions.node} is too old: install Node ${wanted.join('.')} or newer.`);
  process.exit(1);
}

/** Held by the one command that installs. */
const claim = resolve(root, '.installing');

/** A link leads to somebody else's packages, which an install here would remove. */
function isLinked() {
  return lstatSync(resolve(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function isInstalled() {
  if (isLinked()) return true;
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
}

/** @returns whether this process may install; else another one just has. */
async function claimInstall() {
  for (let told = false; !isInstalled(); told = true) {
    try {
      mkdirSync(claim);
      writeFileSync(resolve(claim, 'pid'), String(process.pid));
      process.once('exit', () => rmSync(claim, { recursive: true, force: true }));
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!told) console.error('Another command is installing the dependencies; waiting for it …');
    await pause(500);
    if (isAbandoned()) rmSync(claim, { recursive: true, force: true });
  }
  return false;
}

/** Its owner died without a chance to clean up. */
function isAbandoned() {
  const owner = resolve(claim, 'pid');
  try {
    const pid = existsSync(owner) ? Number(readFileSync(owner, 'utf8')) : 0;
    if (pid > 0) return !process.kill(pid, 0);
    return Date.now() - statSync(claim).mtimeMs > 10_000;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

async function installDependencies() {
  if (isInstalled() || !(await claimInstall())) return;
  console.error('Installing dependencies (npm ci) …');
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(0)} s`;
  const ticks = setInterval(() => console.error(`  … ${seconds()}`), 10_000);
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  const problem = await endingTogether(
    npm,
    new Promise((done) => {
      npm.once('error', (error) => done(error.message));
      npm.once('exit', (code) => done(code === 0 ? undefined : `exit code ${code}`));
    }),
  );
  clearInterval(ticks);
  if (problem !== undefined) {
    console.error(`npm ci failed: ${problem}. Is a package registry reachable?`);
    process.exit(1);
  }
  const now = new Date();
  utimesSync(installed, now, now);
  rmSync(claim, { recursive: true, force: true });
  console.error(`Dependencies installed in ${seconds()}.`);
}

/** Whoever ends this program ends the installation, too. */
async function endingTogether(child, work) {
  const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const end = () => {
      child.kill('SIGTERM');
      process.exit(128 + constants.signals[signal]);
    };
    process.once(signal, end);
    return () => process.off(signal, end);
  });
  const result = await work;
  for (const remove of handlers) remove();
  return result;
}

requireNode();
const [program, ...args] = process.argv.slice(2);
if (!program) {
  console.error('usage: node scripts/run.mjs FILE.ts [ARG…]');
  process.exit(2);
}
watchParent(program);
await installDependencies();
const file = resolve(root, program);
process.argv = [process.argv[0], file, ...args];
const { register } = await import('tsx/esm/api');
register();
await import(pathToFileURL(file).href);

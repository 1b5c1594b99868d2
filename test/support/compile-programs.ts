import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../src/runtime/project-root.js';

const CACHE = join(projectRoot(), 'node_modules/.cache/mimecast-source/compiled');

/**
 * Compiles `src/` as `npm run build` does, without checking types, so that tests start programs in half the time.
 *
 * @param folder becomes the root of a built project.
 */
export async function compilePrograms(folder: string, workflowBundle: string): Promise<void> {
  const root = projectRoot();
  const [src, dist] = [join(root, 'src'), join(folder, 'dist')];
  mkdirSync(CACHE, { recursive: true });
  for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(dist, source.slice(src.length));
    mkdirSync(dirname(target), { recursive: true });
    if (entry.name.endsWith('.ts')) copyFileSync(await compiled(source), target.replace(/\.ts$/, '.js'));
    else copyFileSync(source, target);
  }
  copyFileSync(workflowBundle, join(dist, 'workflow-bundle.js'));
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

/** @returns where the compiled file is, which is kept by what the source says. */
async function compiled(source: string): Promise<string> {
  const text = readFileSync(source, 'utf8');
  const file = join(CACHE, `${createHash('sha256').update(text).digest('hex')}.js`);
  if (existsSync(file)) return file;
  const { default: ts } = await import('typescript');
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true },
  });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, outputText);
  await rename(draft, file);
  return file;
}

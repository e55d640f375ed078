import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The bundles of programs, as `local/bootstrap/bundled-programs.mjs` writes them. */
const folder = 'node_modules/.marquee-bundles';

/** The sizes and times of the files of which bundles were made, by path. */
type Inputs = Readonly<Record<string, string>>;

/**
 * The file to run for a program: its bundle, or the program itself if there is none or a module has changed since.
 * @param root that of the repository
 * @param script relative to the root
 */
export function scriptFile(root: string, { name, script }: { name: string; script: string }): string {
  const inputs = inputsOf(root);
  const isBundled = inputs[script] !== undefined && areUnchanged(root, inputs);
  return join(root, isBundled ? `${folder}/${name}.js` : script);
}

function inputsOf(root: string): Inputs {
  try {
    return JSON.parse(readFileSync(join(root, folder, 'inputs.json'), 'utf8')) as Inputs;
  } catch {
    return {};
  }
}

function areUnchanged(root: string, inputs: Inputs): boolean {
  return Object.entries(inputs).every(([path, state]) => describe(join(root, path)) === state);
}

/** The absence of a file is a change, too. */
function describe(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.size} ${found.mtimeMs}`;
}

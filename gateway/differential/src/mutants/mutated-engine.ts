import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Closable } from '@marquee/chassis/process/closers';
import type { EngineModules } from '../testbed.js';
import type { Mutant } from './mutants.js';

/** A copy of the engine with an error. */
export interface MutatedEngine extends Closable {
  modules: EngineModules;
}

/** Copies the built engine, changes one module, and loads it. @throws Error when the module has no such piece of code */
export async function openMutatedEngine({ name, file, find, replace }: Mutant): Promise<MutatedEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'marquee-mutant-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await copyEngine(folder);
    const path = join(folder, 'gateway/engine', file);
    const code = await readFile(path, 'utf8');
    const pattern = toPattern(find);
    const count = [...code.matchAll(pattern)].length;
    if (count !== 1)
      throw new Error(`The mutant "${name}" needs a piece of ${file} that occurs ${count} times: ${find}`);
    await writeFile(
      path,
      code.replace(pattern, () => replace),
    );
    return { modules: await loadModules(folder), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const gateway = fileURLToPath(new URL('../../../', import.meta.url));
const repository = join(gateway, '..');

/** The packages that the engine imports are resolved as in this repository: some versions are those of the gateway alone. */
async function copyEngine(folder: string): Promise<void> {
  const filter = (path: string): boolean => !/\.(d\.ts|map)$/.test(path);
  await cp(join(gateway, 'dist/engine'), join(folder, 'gateway/engine'), { recursive: true, filter });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  await symlink(join(gateway, 'node_modules'), join(folder, 'gateway/node_modules'));
}

async function loadModules(folder: string): Promise<EngineModules> {
  const load = (file: string): Promise<unknown> => import(pathToFileURL(join(folder, 'gateway/engine', file)).href);
  const graph = (await load('graph.js')) as Pick<EngineModules, 'createGraph'>;
  const planner = (await load('planner/in-process-planner.js')) as Pick<EngineModules, 'createInProcessPlanner'>;
  return { createGraph: graph.createGraph, createInProcessPlanner: planner.createInProcessPlanner };
}

function toPattern(code: string): RegExp {
  const words = code.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(words.join('\\s+'), 'g');
}

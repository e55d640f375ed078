import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Closable, Closers } from '@marquee/chassis/process/closers';
import { startScript } from '../measuring/children.js';
import type { World } from '../world/main.js';
import { supergraphOf } from '../world/supergraph.js';

import { openPeople } from './people.js';
import { type Contender, type ContenderName, startContender } from './contenders/start.js';

/** Gateways that stand before the same services, and people who may ask them. */
export interface Arena extends Closable {
  contenders: readonly Contender[];
  tokens: readonly string[];
  /** Where events are asked for. */
  control: string;
  close(): Promise<void>;
}

/** @param variables what Marquee's gateway reads besides */
export async function openArena(
  names: readonly ContenderName[],
  variables: Record<string, string> = {},
): Promise<Arena> {
  const closers = new Closers();
  try {
    const world = closers.add(await startScript<World>('world/main', null)).said;
    const { tokens, trust } = closers.add(await openPeople());
    const supergraph = await supergraphFile(supergraphOf(world.services), closers);
    const contenders: Contender[] = [];
    for (const name of names)
      contenders.push(closers.add(await startContender(name, { world, supergraph, trust }, variables)));
    return { contenders, tokens, control: world.control, close: () => closers.close() };
  } catch (failure) {
    await closers.close();
    throw failure;
  }
}

async function supergraphFile(sdl: string, closers: Closers): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'marquee-bench-'));
  closers.add({ close: () => rm(folder, { recursive: true }) });
  const file = join(folder, 'supergraph.graphql');
  await writeFile(file, sdl);
  return file;
}

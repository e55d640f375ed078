import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Closable, Closers } from '@marquee/chassis/process/closers';
import { startScript } from '../measuring/children.js';
import type { World } from '../world/main.js';
import { supergraphOf } from '../world/supergraph.js';

import { openPeople } from './people.js';
import { type Contender, type ContenderName, startContender } from './contenders/start.js';

/** Services that gateways stand before, and people who may ask them. */
export interface Arena extends Closable {
  tokens: readonly string[];
  /** Where events are asked for. */
  control: string;
  /** Starts a gateway, which ends with the arena unless it is closed before. */
  enter(name: ContenderName): Promise<Contender>;
  close(): Promise<void>;
}

/** @param variables what Marquee's gateway reads besides */
export async function openArena(variables: Record<string, string> = {}): Promise<Arena> {
  const closers = new Closers();
  try {
    const world = closers.add(await startScript<World>('world/main', null)).said;
    const { tokens, trust } = closers.add(await openPeople());
    const supergraph = await supergraphFile(supergraphOf(world.services), closers);
    return {
      tokens,
      control: world.control,
      enter: async (name) => closers.add(await startContender(name, { world, supergraph, trust }, variables)),
      close: () => closers.close(),
    };
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

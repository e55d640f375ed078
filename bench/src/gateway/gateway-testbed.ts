import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Closable, Closers } from '@marquee/chassis/process/closers';
import { startScript } from '../measuring/child-processes.js';
import type { StubSubgraphs } from '../stub-subgraphs/stub-subgraphs-process.js';
import { composeSupergraph } from '../stub-subgraphs/stub-supergraph.js';

import { openTestUsers } from './test-users.js';
import { type MeasuredGateway, type GatewayName, startGateway } from './gateways/start-gateway.js';

/** Stub subgraphs, signed-in users and a supergraph, against which gateways are started. */
export interface GatewayTestbed extends Closable {
  tokens: readonly string[];
  /** The URLs of the stub subgraphs. */
  services: StubSubgraphs['services'];
  /** The control endpoint of the stub subgraphs, which emits events. */
  control: string;
  /** Starts a gateway. It is closed with the testbed, if not before. */
  startGateway(name: GatewayName): Promise<MeasuredGateway>;
  close(): Promise<void>;
}

/** @param variables additional environment variables of Marquee's gateway */
export async function openGatewayTestbed(variables: Record<string, string> = {}): Promise<GatewayTestbed> {
  const closers = new Closers();
  try {
    const subgraphs = closers.add(
      await startScript<StubSubgraphs>('stub-subgraphs/stub-subgraphs-process', null),
    ).message;
    const { tokens, trust } = closers.add(await openTestUsers());
    const supergraph = await supergraphFile(composeSupergraph(subgraphs.services), closers);
    return {
      tokens,
      services: subgraphs.services,
      control: subgraphs.control,
      startGateway: async (name) => closers.add(await startGateway(name, { subgraphs, supergraph, trust }, variables)),
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

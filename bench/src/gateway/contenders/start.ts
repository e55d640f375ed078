import { type Child, startScript } from '../../measuring/children.js';
import type { World } from '../../world/main.js';
import type { Trust } from '../people.js';
import { startMarquee } from './marquee.js';

/** A gateway that is measured. */
export interface Contender extends Child {
  name: ContenderName;
  /** Of its GraphQL endpoint. */
  url: string;
}

export const contenderNames = ['Marquee', 'by hand', 'Apollo', 'Hive'] as const;
export type ContenderName = (typeof contenderNames)[number];

/** Whether it takes subscriptions over graphql-transport-ws. The stock gateway refuses them. */
export function isLive(name: ContenderName): boolean {
  return name !== 'Apollo';
}

/** What a contender is started with. */
export interface Setting {
  world: World;
  /** Path of the supergraph. */
  supergraph: string;
  /** What makes it believe the tokens of those who ask. */
  trust: Trust;
}

const scripts = { 'by hand': 'hand', Apollo: 'apollo', Hive: 'hive' } as const;

/** @param marquee what Marquee's gateway reads besides */
export async function startContender(
  name: ContenderName,
  setting: Setting,
  marquee: Record<string, string>,
): Promise<Contender> {
  if (name === 'Marquee') return { name, ...(await startMarquee(setting, marquee)) };
  const { said, ...child } = await startScript<{ url: string }>(`gateway/contenders/${scripts[name]}`, setting);
  return { name, url: said.url, ...child };
}

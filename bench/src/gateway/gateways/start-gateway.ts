import { type Child, startScript } from '../../measuring/child-processes.js';
import type { StubSubgraphs } from '../../stub-subgraphs/stub-subgraphs-process.js';
import type { IssuerVariables } from '../test-users.js';
import { startMarquee } from './marquee.js';

/** A gateway that is measured. */
export interface MeasuredGateway extends Child {
  name: GatewayName;
  /** Of its GraphQL endpoint. */
  url: string;
}

export const gatewayNames = ['Marquee', 'hand-written', 'Apollo', 'Hive'] as const;
export type GatewayName = (typeof gatewayNames)[number];

/** Whether it takes subscriptions over graphql-transport-ws. The stock gateway refuses them. */
export function supportsSubscriptions(name: GatewayName): boolean {
  return name !== 'Apollo';
}

/** What a contender is started with. */
export interface GatewayInput {
  world: StubSubgraphs;
  /** Path of the supergraph. */
  supergraph: string;
  /** What makes it believe the tokens of those who ask. */
  trust: IssuerVariables;
}

const scripts = { 'hand-written': 'hand-written', Apollo: 'apollo', Hive: 'hive' } as const;

/** @param marquee what Marquee's gateway reads besides */
export async function startGateway(
  name: GatewayName,
  setting: GatewayInput,
  marquee: Record<string, string>,
): Promise<MeasuredGateway> {
  if (name === 'Marquee') return { name, ...(await startMarquee(setting, marquee)) };
  const { message, ...child } = await startScript<{ url: string }>(`gateway/gateways/${scripts[name]}`, setting);
  return { name, url: message.url, ...child };
}

import { type Child, startScript } from '../../measuring/child-processes.js';
import type { StubSubgraphs } from '../../stub-subgraphs/stub-subgraphs-process.js';
import type { IssuerVariables } from '../test-users.js';
import { startMarquee } from './marquee.js';

/** A gateway under measurement. */
export interface MeasuredGateway extends Child {
  name: GatewayName;
  /** Its GraphQL endpoint. */
  url: string;
}

export const gatewayNames = ['Marquee', 'hand-written', 'Apollo', 'Hive'] as const;
export type GatewayName = (typeof gatewayNames)[number];

/** Whether the gateway serves subscriptions over graphql-transport-ws. The stock gateway rejects them. */
export function supportsSubscriptions(name: GatewayName): boolean {
  return name !== 'Apollo';
}

/** The input with which a gateway is started. */
export interface GatewayInput {
  subgraphs: StubSubgraphs;
  /** Path of the supergraph file. */
  supergraph: string;
  /** Settings with which the gateway trusts the test users' tokens. */
  trust: IssuerVariables;
}

const scripts = { 'hand-written': 'hand-written', Apollo: 'apollo', Hive: 'hive' } as const;

/** @param marquee additional environment variables of Marquee's gateway */
export async function startGateway(
  name: GatewayName,
  input: GatewayInput,
  marquee: Record<string, string>,
): Promise<MeasuredGateway> {
  if (name === 'Marquee') return { name, ...(await startMarquee(input, marquee)) };
  const { message, ...child } = await startScript<{ url: string }>(`gateway/gateways/${scripts[name]}`, input);
  return { name, url: message.url, ...child };
}

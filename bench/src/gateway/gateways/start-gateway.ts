import { type Child, startScript } from '../../measuring/child-processes.js';
import type { StubSubgraphs } from '../../stub-subgraphs/stub-subgraphs-process.js';
import type { IssuerVariables } from '../test-users.js';
import { hasGrafbase, startGrafbase } from './grafbase.js';
import { startMarquee } from './marquee.js';

/** A gateway under measurement. */
export interface MeasuredGateway extends Child {
  name: GatewayName;
  /** Its GraphQL endpoint. */
  url: string;
  /** Where it accepts sockets, if not at `url`. */
  socketUrl?: string;
}

const allGateways = ['Marquee', 'hand-written', 'Grafbase', 'Apollo', 'Hive', 'Hive with router'] as const;
export type GatewayName = (typeof allGateways)[number];

/** The gateways that run on this platform. */
export const gatewayNames: readonly GatewayName[] = allGateways.filter((name) => name !== 'Grafbase' || hasGrafbase());

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

/** The input of Hive Gateway. */
export interface HiveInput extends GatewayInput {
  planner: 'own' | 'router';
}

const scripts = {
  'hand-written': ['hand-written', {}],
  Apollo: ['apollo', {}],
  Hive: ['hive', { planner: 'own' }],
  'Hive with router': ['hive', { planner: 'router' }],
} as const;

/** @param variables additional environment variables of Marquee's gateway */
export async function startGateway(
  name: GatewayName,
  input: GatewayInput,
  variables: Record<string, string>,
): Promise<MeasuredGateway> {
  if (name === 'Marquee') return { name, ...(await startMarquee(input, variables)) };
  if (name === 'Grafbase') return { name, ...(await startGrafbase(input)) };
  const [script, more] = scripts[name];
  const { message, ...child } = await startScript<{ url: string }>(`gateway/gateways/${script}`, { ...input, ...more });
  return { name, url: message.url, ...child };
}

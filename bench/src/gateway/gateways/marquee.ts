import { freshKeys } from '@marquee/testkit/keys';
import { freePort } from '@marquee/testkit/ports';
import { type Child, startProgram } from '../../measuring/child-processes.js';
import type { GatewayInput } from './start-gateway.js';

/**
 * The gateway as it is deployed, in a process of its own: identity, guard, telemetry and its export are on, with as many
 * traces as in production. Only the limits that a flood from one address must meet are out of reach, and NODE_ENV is not
 * `production`, for the issuer here speaks no https.
 */
export async function startMarquee(
  { world, supergraph, trust }: GatewayInput,
  more: Record<string, string>,
): Promise<Child & { url: string }> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { privateKey } = await freshKeys();
  const environment = {
    NODE_ENV: 'test',
    PORT: new URL(url).port,
    SUPERGRAPH: supergraph,
    SUBGRAPH_URLS: JSON.stringify(world.services),
    CALLER_SIGNING_KEY: privateKey,
    OTEL_EXPORTER_OTLP_ENDPOINT: world.control,
    ...trust,
    ...traces,
    ...more,
  };
  const child = await startProgram('gateway/dist/main.js', environment, url);
  return { ...child, url: `${url}/graphql` };
}

/** As `deploy/src/environments.ts` has it for production. */
const traces = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.05' };

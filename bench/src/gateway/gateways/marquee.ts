import { freshKeys } from '@marquee/testkit/test-keys';
import { unlimitedLive } from '@marquee/testkit/unlimited-live';
import { freePort } from '@marquee/testkit/ports';
import { type Child, startProgram } from '../../measuring/child-processes.js';
import type { GatewayInput } from './start-gateway.js';

/**
 * Starts Marquee's gateway as deployed: identity, admission, telemetry and its export are on, with the trace sampling of
 * production. Two exceptions: the rate limits are out of reach, and NODE_ENV is `test`, since the benchmark's issuer does
 * not serve HTTPS.
 */
export async function startMarquee(
  { subgraphs, supergraph, trust }: GatewayInput,
  more: Record<string, string>,
): Promise<Child & { url: string }> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { privateKey } = await freshKeys();
  const environment = {
    NODE_ENV: 'test',
    PORT: new URL(url).port,
    SUPERGRAPH: supergraph,
    SUBGRAPH_URLS: JSON.stringify(subgraphs.services),
    CALLER_SIGNING_KEY: privateKey,
    OTEL_EXPORTER_OTLP_ENDPOINT: subgraphs.control,
    ...trust,
    ...traces,
    ...unlimitedLive,
    ...more,
  };
  const child = await startProgram('gateway/dist/main.js', environment, url);
  return { ...child, url: `${url}/graphql` };
}

/** The values of production in `deploy/src/environments.ts`. */
const traces = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.05' };

import { findDirectives } from '@marquee/chassis/graphql/directives';
import type { Handler } from '@marquee/chassis/http/http-server';
import { sendJson } from '@marquee/chassis/http/json-response';
import { isEnumType } from 'graphql';
import { z } from 'zod';
import type { GatewaySettings } from '../config.js';
import type { Engine } from '../engine/engine.js';
import { nodeUrl } from '../engine/node-interface.js';
import type { PageAccess } from './page-access.js';

/** The state of one service: `down` if it does not respond in time or reports that it cannot serve. */
export interface ServiceStatus {
  name: string;
  state: 'ready' | 'draining' | 'down';
  /** The version that it reports. */
  version?: string | undefined;
}

/** Reads the status of the gateway and of all subgraphs, at most 2 s old. */
export type StatusReader = () => Promise<readonly ServiceStatus[]>;

/** Milliseconds that a service has to respond. */
const statusTimeoutMs = 1_000;

/** Milliseconds for which the status is cached, so that visitors cause no load on the services. */
const cacheMs = 2_000;

type Settings = Pick<GatewaySettings, 'SERVICE_VERSION' | 'SUBGRAPH_URLS'>;

export function createStatusReader(settings: Settings, engine: Engine): StatusReader {
  let cached: { until: number; statuses: Promise<readonly ServiceStatus[]> } | undefined;
  return () => {
    if (!cached || cached.until < performance.now())
      cached = { until: performance.now() + cacheMs, statuses: checkServices(settings, engine) };
    return cached.statuses;
  };
}

/** `/status`: the status as JSON. Versions are included for visitors who may read the schema. */
export function statusRoute(statuses: StatusReader, access: PageAccess): Handler {
  return async (request, response) => {
    const services = withoutHiddenVersions(await statuses(), await access.canReadSchema(request));
    response.setHeader('cache-control', 'no-store');
    sendJson(response, 200, { services });
  };
}

/** Removes the versions for visitors who may not see them. */
export function withoutHiddenVersions(
  statuses: readonly ServiceStatus[],
  seesVersions: boolean,
): readonly ServiceStatus[] {
  return seesVersions ? statuses : statuses.map(({ name, state }) => ({ name, state }));
}

async function checkServices(settings: Settings, engine: Engine): Promise<readonly ServiceStatus[]> {
  const self: ServiceStatus = { name: 'gateway', state: 'ready', version: settings.SERVICE_VERSION };
  const others = subgraphsOf(engine).map(({ name, url }) => statusOf(name, settings.SUBGRAPH_URLS[name] ?? url));
  return [self, ...(await Promise.all(others))];
}

/** A service without `/ready` that responds with less than 500, such as a third-party subgraph, counts as ready. */
async function statusOf(name: string, url: string): Promise<ServiceStatus> {
  try {
    const response = await fetch(new URL('/ready', url), {
      signal: AbortSignal.timeout(statusTimeoutMs),
      redirect: 'error',
    });
    const body = readiness.safeParse(await response.json().catch(() => undefined)).data;
    if (response.status < 500) return { name, state: 'ready', version: body?.version };
    return { name, state: body?.status === 'draining' ? 'draining' : 'down', version: body?.version };
  } catch {
    return { name, state: 'down' };
  }
}

const readiness = z.object({ status: z.string(), version: z.string() }).partial();

/** The services of the enum `join__Graph`, without the subgraph that the gateway answers itself. */
function subgraphsOf(engine: Engine): { name: string; url: string }[] {
  const graphs = engine.graph().supergraphSchema.getType('join__Graph');
  if (!isEnumType(graphs)) return [];
  return graphs
    .getValues()
    .flatMap((graph) => findDirectives(graph, 'join__graph'))
    .map(({ name, url }) => ({ name: String(name), url: String(url) }))
    .filter(({ url }) => url !== nodeUrl)
    .toSorted((left, right) => left.name.localeCompare(right.name));
}

import type { Handler } from '@marquee/chassis/http/server';
import { json } from '@marquee/chassis/http/json';
import { type ConstDirectiveNode, isEnumType, Kind } from 'graphql';
import { z } from 'zod';
import type { GatewaySettings } from '../config.js';
import type { Engine } from '../engine/engine.js';
import type { PageAccess } from './page-access.js';

/** How a process is: `ready`, about to go, or not to be reached in time. */
export interface ServiceStatus {
  name: string;
  state: 'ready' | 'draining' | 'down';
  /** What it calls its build, when it says so. */
  version?: string | undefined;
}

/** How the gateway and the services behind it are, as of the last seconds. */
export type StatusReader = () => Promise<readonly ServiceStatus[]>;

/** Milliseconds that a service has to say how it is. */
const patience = 1_000;

/** Milliseconds that what they said is kept, so that visitors cost the services nothing. */
const freshness = 2_000;

type Settings = Pick<GatewaySettings, 'SERVICE_VERSION' | 'SUBGRAPH_URLS'>;

export function createStatusReader(settings: Settings, engine: Engine): StatusReader {
  let known: { until: number; statuses: Promise<readonly ServiceStatus[]> } | undefined;
  return () => {
    if (!known || known.until < performance.now())
      known = { until: performance.now() + freshness, statuses: ask(settings, engine) };
    return known.statuses;
  };
}

/** `/status`: the same for programs. The versions are for those who may see the schema. */
export function statusRoute(statuses: StatusReader, access: PageAccess): Handler {
  return async (request, response) => {
    const services = withoutHiddenVersions(await statuses(), await access.canReadSchema(request));
    response.setHeader('cache-control', 'no-store');
    json(response, 200, { services });
  };
}

/** What a visitor sees of them. */
export function withoutHiddenVersions(
  statuses: readonly ServiceStatus[],
  seesVersions: boolean,
): readonly ServiceStatus[] {
  return seesVersions ? statuses : statuses.map(({ name, state }) => ({ name, state }));
}

async function ask(settings: Settings, engine: Engine): Promise<readonly ServiceStatus[]> {
  const self: ServiceStatus = { name: 'gateway', state: 'ready', version: settings.SERVICE_VERSION };
  const others = subgraphsOf(engine).map(({ name, url }) => statusOf(name, settings.SUBGRAPH_URLS[name] ?? url));
  return [self, ...(await Promise.all(others))];
}

/** A service that knows nothing of `/ready` and answers is taken for ready. */
async function statusOf(name: string, url: string): Promise<ServiceStatus> {
  try {
    const response = await fetch(new URL('/ready', url), { signal: AbortSignal.timeout(patience), redirect: 'error' });
    const said = readiness.safeParse(await response.json().catch(() => undefined)).data;
    if (response.status < 500) return { name, state: 'ready', version: said?.version };
    return { name, state: said?.status === 'draining' ? 'draining' : 'down', version: said?.version };
  } catch {
    return { name, state: 'down' };
  }
}

const readiness = z.object({ status: z.string(), version: z.string() }).partial();

/** Composition writes each service's name and address on a value of this enum. */
function subgraphsOf(engine: Engine): { name: string; url: string }[] {
  const graphs = engine.graph().supergraphSchema.getType('join__Graph');
  if (!isEnumType(graphs)) return [];
  return graphs
    .getValues()
    .flatMap(({ astNode }) => astNode?.directives ?? [])
    .filter((mark) => mark.name.value === 'join__graph')
    .map((mark) => ({ name: argument(mark, 'name'), url: argument(mark, 'url') }))
    .toSorted((left, right) => left.name.localeCompare(right.name));
}

function argument(mark: ConstDirectiveNode, name: string): string {
  const value = mark.arguments?.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : '';
}

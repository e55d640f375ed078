import type { ConnectionLimits } from '@marquee/chassis/http/connections';
import { callerSigner } from '@marquee/chassis/identity/signature';
import type { Opening, Opened, Service } from '@marquee/chassis/process/run';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { gatewaySettings, type GatewaySettings } from './config.js';
import { openPages } from './pages/pages.js';
import { createEngine } from './engine/engine.js';
import { createGuard } from './admission/operation-rules.js';
import { readManifest } from './admission/documents/trusted-manifest.js';
import { openRateLimiter } from './admission/rates/rate-limiter.js';
import { withCors } from './http/cors.js';
import { openEndpoint } from './http/endpoint.js';
import { openIdentity } from './identity/identity.js';
import { rejectClients } from './identity/caller-restrictions.js';
import { createPrincipals } from './identity/principals.js';
import { openPartner } from './partner/partner.js';
import { supergraphSource } from './supergraph/supergraph-source.js';
import { SupergraphWatcher } from './supergraph/supergraph-watcher.js';
import { createSubgraphFetcher } from './upstream/subgraph-fetcher.js';
import { openUpstreams, type Upstreams } from './upstream/upstreams.js';

export const service: Service<GatewaySettings> = { name: 'gateway', settings: gatewaySettings, ambient: false, open };

async function open({ settings, log, closers }: Opening<GatewaySettings>): Promise<Opened> {
  const signer = await callerSigner(settings.CALLER_SIGNING_KEY);
  const upstreams = closers.add(openUpstreams({ settings, signer, log }));
  const supergraph = new SupergraphWatcher({
    source: supergraphSource({ variable: 'SUPERGRAPH', address: settings.SUPERGRAPH }, settings),
    pollSeconds: settings.SUPERGRAPH_POLL_SECONDS,
    log,
  });
  const principals = createPrincipals({
    users: () => upstreams.get('users'),
    log,
    fresh: settings.PRINCIPAL_SECONDS * 1000,
  });
  const identity = closers.add(openIdentity({ settings, principals, log }));
  const manifest = await readManifest(settings);
  const rates = closers.add(await openRateLimiter({ settings, log }));
  const partner = closers.add(await openPartner({ settings, manifest, rates, identity, upstreams, log }));
  const guard = createGuard({ settings, manifest, confinement: partner.confinement });
  const engine = createEngine({
    supergraph,
    fetcher: createSubgraphFetcher(upstreams),
    addSubgraphs: upstreams.add,
    hooks: guard,
  });
  const endpoint = closers.add(await openEndpoint({ settings, engine, guard, rates, identity, upstreams, log }));
  const door = await openPages({
    settings,
    engine,
    identity: rejectClients(settings.PARTNER_CLIENT_IDS, identity),
    log,
  });
  warnOfUnknown(settings, upstreams, log);
  return {
    routes: { ...door, ...partner.routes, '/graphql': withCors(settings, endpoint.handler) },
    live: { '/graphql': endpoint.live },
    connections: connectionsOf(settings),
    // Opening ends once the supergraph is loaded; services that are down do not make the gateway unready.
    check: async () => {},
  };
}

function warnOfUnknown({ SUBGRAPH_URLS: urls }: GatewaySettings, upstreams: Upstreams, log: Logger): void {
  for (const name of Object.keys(urls))
    if (!upstreams.get(name)) log.warn({ subgraph: name }, 'SUBGRAPH_URLS names a service that the supergraph lacks');
}

/** Behind proxies all connections come from theirs, and requests are counted by whom they name. */
function connectionsOf(settings: GatewaySettings): ConnectionLimits {
  const { TRUSTED_PROXIES: proxies, CONNECTIONS_PER_ADDRESS: perAddress, CONNECTIONS: all } = settings;
  return proxies === 0 ? { perAddress, all } : { all };
}

import type { ConnectionLimits } from '@marquee/chassis/http/connection-limits';
import { withCors } from '@marquee/chassis/http/cors';
import type { Handler, Routes } from '@marquee/chassis/http/http-server';
import type { WebSocketRoute } from '@marquee/chassis/http/websocket-server';
import { createCallerSigner } from '@marquee/chassis/identity/caller-signature';
import type { ServiceContext, ServiceParts, Service } from '@marquee/chassis/process/run-service';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { gatewaySettings, type GatewaySettings } from './config.js';
import { withExplorerRedirect } from './pages/explorer-redirect.js';
import { openPages, type PagesOptions } from './pages/pages.js';
import { openManifest } from './admission/documents/trusted-manifest.js';
import { labelsOf } from './admission/overrides/override-rule.js';
import { openRateLimiter } from './admission/rates/rate-limiter.js';
import { openEntityCache } from './entity-cache/entity-cache.js';
import { corsOptions } from './http/cors.js';
import { type RateLimitOptions, withRateLimits } from './http/rate-limited.js';
import { type Endpoint, openEndpoint } from './http/endpoint.js';
import { openIdentity } from './identity/identity.js';
import { rejectClients } from './identity/caller-restrictions.js';
import { followPrincipalChanges } from './identity/principal-changes.js';
import { createPrincipals } from './identity/principals.js';
import { openPartner, type Partner } from './partner/partner.js';
import { openPreviews, type Previews } from './preview/preview.js';
import { openServedGraph } from './served-graph.js';
import { unsubscribeRoute } from './unsubscribe/unsubscribe-route.js';
import { openUsage } from './usage/usage.js';
import { openUpstreams, type Upstreams } from './upstream/upstreams.js';

export const service: Service<GatewaySettings> = {
  name: 'gateway',
  settings: gatewaySettings,
  asyncContext: false,
  isPublic: true,
  open,
};

async function open({ settings, log, closers }: ServiceContext<GatewaySettings>): Promise<ServiceParts> {
  const signer = await createCallerSigner(settings.CALLER_SIGNING_KEY);
  const upstreams = closers.add(openUpstreams({ settings, signer, log }));
  const freshMs = settings.PRINCIPAL_SECONDS * 1000;
  const principals = createPrincipals({ users: () => upstreams.get('users'), log, freshMs });
  closers.add(await followPrincipalChanges({ settings, principals, log }));
  const identity = closers.add(openIdentity({ settings, principals, log }));
  const manifest = closers.add(await openManifest({ settings, log }));
  const rates = closers.add(await openRateLimiter({ settings, log }));
  const cache = closers.add(await openEntityCache({ settings, log }));
  const usage = closers.add(openUsage({ settings, log }));
  const shared = { settings, manifest, upstreams, cache, rates, usage, log };
  const partner = closers.add(await openPartner({ ...shared, identity }));
  const supergraph = { variable: 'SUPERGRAPH', address: settings.SUPERGRAPH } as const;
  const served = await openServedGraph({ ...shared, supergraph, contract: partner.contract });
  const { engine, admission } = closers.add(served);
  const endpoint = closers.add(await openEndpoint({ settings, engine, admission, rates, identity, upstreams, log }));
  const pageIdentity = rejectClients(settings.PARTNER_CLIENT_IDS, identity);
  // Previews have no contract, and partners may use nothing else.
  const previews = closers.add(openPreviews({ ...shared, identity: pageIdentity, signer }));
  const pages = await pageRoutes({ ...shared, engine, identity: pageIdentity, partner: partner.graph });
  warnOfUnknownSubgraphs(settings, upstreams, log);
  warnOfUnknownLabels(settings, engine.graph().overrideLabels, log);
  return {
    routes: { ...pages, ...graphRoutes(settings, endpoint, partner, previews) },
    websockets: { '/graphql': withPreviewStreams(endpoint.live, previews) },
    connectionLimits: connectionLimitsOf(settings),
    // Ready once the supergraph is loaded: a service that is down makes only its own fields unavailable.
    check: async () => {},
  };
}

async function pageRoutes(options: PagesOptions & RateLimitOptions & { upstreams: Upstreams }): Promise<Routes> {
  const unsubscribe = unsubscribeRoute(options.upstreams);
  return withRateLimits(options, { ...(await openPages(options)), '/unsubscribe': unsubscribe });
}

function graphRoutes(
  settings: GatewaySettings,
  endpoint: Endpoint,
  { graph: partner }: Partner,
  { handler }: Previews,
): Routes {
  return {
    '/graphql': forBrowsers(settings, endpoint.handler),
    ...(partner && { '/partner/graphql': forBrowsers(settings, partner.handler, '/partner/explorer') }),
    ...(handler && { '/preview/*': forBrowsers(settings, handler) }),
  };
}

/** Event streams of previews end with the sockets of the graph. */
function withPreviewStreams(live: WebSocketRoute, previews: Previews): WebSocketRoute {
  return { ...live, drain: async (time) => void (await Promise.all([live.drain(time), previews.drain(time)])) };
}

/** Serves pages of other origins, and browsers that open the address. */
function forBrowsers(settings: GatewaySettings, handler: Handler, explorer?: string): Handler {
  return withCors(corsOptions(settings), withExplorerRedirect(settings, handler, explorer));
}

function warnOfUnknownSubgraphs(settings: GatewaySettings, upstreams: Upstreams, log: Logger): void {
  const { SUBGRAPH_URLS: urls, ENTITY_CACHE: cached } = settings;
  for (const [variable, names] of Object.entries({ SUBGRAPH_URLS: Object.keys(urls), ENTITY_CACHE: cached }))
    for (const name of names)
      if (!upstreams.get(name))
        log.warn({ subgraph: name }, `${variable} has a subgraph that is not in the supergraph`);
}

/** A label may appear with a later supergraph. */
function warnOfUnknownLabels(
  { OVERRIDE_LABELS: rules }: GatewaySettings,
  labels: readonly { name: string }[],
  log: Logger,
): void {
  const known = new Set(labels.map(({ name }) => name));
  for (const label of labelsOf(rules))
    if (!known.has(label)) log.warn({ label }, 'OVERRIDE_LABELS has a label that is not in the supergraph');
}

/** Behind trusted proxies all connections come from the proxies, so that only requests are limited by address. */
function connectionLimitsOf(settings: GatewaySettings): ConnectionLimits {
  const { TRUSTED_PROXIES: proxies, CONNECTIONS_PER_ADDRESS: perAddress, CONNECTIONS: total } = settings;
  return proxies === 0 ? { perAddress, total } : { total };
}

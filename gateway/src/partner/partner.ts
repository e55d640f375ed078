import { badInput } from '@marquee/chassis/errors/errors';
import { graphqlFailure } from '@marquee/chassis/http/json';
import { type Handler, header, type Routes } from '@marquee/chassis/http/server';
import type { Closable } from '@marquee/chassis/process/closers';
import { createEngine } from '../engine/engine.js';
import { restrictToContract, type ContractRule } from '../admission/authorization/contract-rule.js';
import { createGuard } from '../admission/operation-rules.js';
import type { Manifest } from '../admission/documents/trusted-manifest.js';
import { type OperationHandlerOptions, openOperationHandler } from '../http/operation-handler.js';
import { withCors } from '../http/cors.js';
import { withRateLimit } from '../http/rate-limited.js';
import { requireMachine } from '../identity/caller-restrictions.js';
import { supergraphSource } from '../supergraph/supergraph-source.js';
import { SupergraphWatcher } from '../supergraph/supergraph-watcher.js';
import { createSubgraphFetcher } from '../upstream/subgraph-fetcher.js';
import type { Upstreams } from '../upstream/upstreams.js';

export interface PartnerOptions extends Omit<OperationHandlerOptions, 'engine' | 'guard'> {
  manifest: Manifest;
  upstreams: Upstreams;
}

/** What partners get of the gateway. */
export interface Partner extends Closable {
  routes: Routes;
  /** Keeps partners to the contract where the whole graph is served. */
  confinement?: ContractRule;
}

/** Where no contract is served. */
const nothing: Partner = { routes: {}, close: () => undefined };

/**
 * Serves a graph of its own over the same services, planned from the supergraph of the contract: it knows no way to
 * the rest. It has no live data, and so no sockets.
 * @throws SettingsError when the supergraph of the contract does not load
 */
export async function openPartner(options: PartnerOptions): Promise<Partner> {
  const { settings, manifest, identity } = options;
  const supergraph = supergraphOf(options);
  if (!supergraph) return nothing;
  const guard = createGuard({ settings, manifest });
  const engine = createEngine({
    supergraph,
    fetcher: createSubgraphFetcher(options.upstreams),
    addSubgraphs: options.upstreams.add,
    hooks: guard,
  });
  const answers = await openOperationHandler({ ...options, engine, guard, identity: requireMachine(identity) });
  return {
    close: answers.close,
    routes: { '/partner/graphql': withCors(settings, withRateLimit(options, withoutEvents(answers.handler))) },
    confinement: restrictToContract({ clientIds: settings.PARTNER_CLIENT_IDS, contract: () => engine.graph().schema }),
  };
}

function supergraphOf({ settings, log }: PartnerOptions): SupergraphWatcher | undefined {
  const { PARTNER_SUPERGRAPH: address, SUPERGRAPH_POLL_SECONDS: pollSeconds } = settings;
  if (address === undefined) return undefined;
  const source = supergraphSource({ variable: 'PARTNER_SUPERGRAPH', address }, settings);
  return new SupergraphWatcher({ source, pollSeconds, log });
}

function withoutEvents(handler: Handler): Handler {
  return (request, response, scope) => {
    if (!(header(request, 'accept') ?? '').toLowerCase().includes('text/event-stream'))
      return handler(request, response, scope);
    graphqlFailure(response, 406, badInput({ path: 'accept', message: 'there is no live data here: accept JSON' }));
  };
}

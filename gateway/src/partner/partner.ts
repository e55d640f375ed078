import type { Handler } from '@marquee/chassis/http/http-server';
import type { Closable } from '@marquee/chassis/process/closers';
import { type ContractRule, restrictToContract } from '../admission/authorization/contract-rule.js';
import type { Manifest } from '../admission/documents/trusted-manifest.js';
import { eventStreamUnavailable } from '../admission/refusals.js';
import { responseForms } from '../admission/response-forms.js';
import type { Engine } from '../engine/engine.js';
import type { EntityCache } from '../entity-cache/entity-cache.js';
import { openOperationHandler, type OperationHandlerOptions } from '../http/operation-handler.js';
import { withRateLimit } from '../http/rate-limited.js';
import { sendRefusal } from '../http/send-refusal.js';
import { requireMachine } from '../identity/caller-restrictions.js';
import type { Identity } from '../identity/identity.js';
import { openServedGraph } from '../served-graph.js';
import type { Upstreams } from '../upstream/upstreams.js';
import type { Usage } from '../usage/usage.js';

export interface PartnerOptions extends Omit<OperationHandlerOptions, 'engine' | 'admission'> {
  manifest: Manifest;
  upstreams: Upstreams;
  cache: EntityCache;
  usage: Usage;
}

/** The partner API. */
export interface Partner extends Closable {
  graph?: PartnerGraph;
  /** Restricts partners to their contract where the whole graph is served. */
  contract?: ContractRule;
}

export interface PartnerGraph {
  /** Answers the requests at /partner/graphql. */
  handler: Handler;
  engine: Engine;
  /** Accepts machine clients only. */
  identity: Identity;
}

/** Without PARTNER_SUPERGRAPH there is no partner API. */
const noPartner: Partner = { close: () => undefined };

/**
 * Serves the contract for partners at /partner/graphql, as a graph of its own over the same services: its plans come
 * from the supergraph of the contract, which does not contain anything else. Queries and mutations only.
 * @throws SettingsError if the supergraph of the contract does not load
 */
export async function openPartner(options: PartnerOptions): Promise<Partner> {
  const { PARTNER_SUPERGRAPH: address, PARTNER_CLIENT_IDS: clientIds } = options.settings;
  if (address === undefined) return noPartner;
  const supergraph = { variable: 'PARTNER_SUPERGRAPH', address } as const;
  const { engine, admission, close } = await openServedGraph({ ...options, supergraph });
  const identity = requireMachine(options.identity);
  const operations = await openOperationHandler({ ...options, engine, admission, identity, isPrivate: true });
  return {
    async close() {
      await operations.close();
      await close();
    },
    graph: { engine, identity, handler: withRateLimit(options, withoutEvents(operations.handler)) },
    contract: restrictToContract({ clientIds, contract: () => engine.graph().schema }),
  };
}

function withoutEvents(handler: Handler): Handler {
  return (request, response, scope) => {
    const { prefersEvents } = responseForms(request);
    return prefersEvents ? sendRefusal(response, eventStreamUnavailable()) : handler(request, response, scope);
  };
}

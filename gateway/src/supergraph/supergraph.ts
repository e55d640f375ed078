import { Supergraph } from '@apollo/federation-internals';
import { ApolloGateway, type ServiceEndpointDefinition } from '@apollo/gateway';
import { QueryPlanner } from '@apollo/query-planner';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import { SettingsError } from '@marquee/chassis/config/settings';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type Counter, metrics } from '@opentelemetry/api';
import { turnApolloTelemetryOff } from '../config.js';
import { watchSupergraph } from './file.js';

export interface SupergraphOptions {
  sdl: string;
  /** Where the SDL was read, and is watched. */
  path: string;
  /** How often it is looked at. */
  pollSeconds: number;
  /** Hears of every subgraph, again when a supergraph is loaded that may have moved it. */
  subgraph(subgraph: ServiceEndpointDefinition): void;
  log: Logger;
}

/**
 * Owns the supergraph: its API schema and the plans over it. It loads nothing before `load`. A file that changes is
 * loaded again; one that is not a supergraph is refused, and what was loaded before stays.
 * @throws SettingsError from `load` when the text is not a Federation 2 supergraph
 */
export function createSupergraph(options: SupergraphOptions): GatewayInterface {
  turnApolloTelemetryOff();
  const { path, subgraph, log } = options;
  const gateway = new ApolloGateway({
    supergraphSdl: async ({ update }) => watched(options, update),
    buildService(definition) {
      subgraph(definition);
      return { process: () => Promise.reject(new Error('The engine sends the fetches.')) };
    },
    validateSupergraph: true,
    __exposeQueryPlanExperimental: false,
    logger: log,
  });
  return {
    onSchemaLoadOrUpdate: (listener) => gateway.onSchemaLoadOrUpdate(listener),
    stop: () => gateway.stop(),
    async load(loading) {
      try {
        return await gateway.load(loading);
      } catch (failure) {
        if (failure instanceof SettingsError) throw failure;
        throw new SettingsError([`SUPERGRAPH: "${path}" is not a supergraph: ${(failure as Error).message}`]);
      }
    },
  };
}

type Update = (sdl: string) => void;

function watched({ sdl, path, pollSeconds, log }: SupergraphOptions, update: Update) {
  const watching = watchSupergraph({
    path,
    sdl,
    seconds: pollSeconds,
    failed: (err) => log.error({ err, path }, 'cannot read the supergraph; the one that is loaded stays'),
    changed(text) {
      try {
        // A text that is found wrong inside of an update would leave half of one behind.
        new QueryPlanner(Supergraph.build(text));
        update(text);
        log.info({ path }, 'supergraph loaded again');
      } catch (err) {
        countRefusal();
        log.error({ err, path }, 'supergraph refused; the one that is loaded stays');
      }
    },
  });
  return { supergraphSdl: sdl, cleanup: async () => watching.close() };
}

let refusals: Counter | undefined;

function countRefusal(): void {
  refusals ??= metrics.getMeter('marquee').createCounter('marquee.supergraph.refused');
  refusals.add(1);
}

import { ApolloGateway, type GraphQLDataSource, type ServiceEndpointDefinition } from '@apollo/gateway';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import { SettingsError } from '@marquee/chassis/config/settings';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { turnApolloTelemetryOff } from '../config.js';

export interface SupergraphOptions {
  sdl: string;
  /** Where the SDL was read, for messages. */
  path: string;
  /** What the fetches of a plan are sent through, by subgraph. */
  source(subgraph: ServiceEndpointDefinition): GraphQLDataSource;
  log: Logger;
}

/**
 * Owns the supergraph: its API schema and the plans over it. It loads nothing before `load`.
 * @throws SettingsError from `load` when the text is not a Federation 2 supergraph
 */
export function createSupergraph({ sdl, path, source, log }: SupergraphOptions): GatewayInterface {
  turnApolloTelemetryOff();
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    buildService: source,
    validateSupergraph: true,
    __exposeQueryPlanExperimental: false,
    logger: log,
  });
  return {
    onSchemaLoadOrUpdate: (listener) => gateway.onSchemaLoadOrUpdate(listener),
    stop: () => gateway.stop(),
    async load(options) {
      try {
        return await gateway.load(options);
      } catch (failure) {
        if (failure instanceof SettingsError) throw failure;
        throw new SettingsError([`SUPERGRAPH: "${path}" is not a supergraph: ${(failure as Error).message}`]);
      }
    },
  };
}

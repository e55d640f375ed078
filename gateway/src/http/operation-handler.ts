import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { createGraphqlRoute } from '@marquee/chassis/http/graphql-route';
import { type Handler, header } from '@marquee/chassis/http/http-server';
import type { Caller } from '@marquee/chassis/identity/caller';
import { losslessJson } from '@marquee/chassis/json/lossless-json';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { maskClientErrors } from '../admission/mask-client-errors.js';
import type { Admission } from '../admission/admission.js';
import type { RateLimiter } from '../admission/rates/rate-limiter.js';
import { RequestOrigin } from '../admission/rates/request-origin.js';
import type { GatewaySettings } from '../config.js';
import type { OperationContext } from '../engine/operation-context.js';
import type { Engine } from '../engine/engine.js';
import type { Identity } from '../identity/identity.js';
import { admissionPlugin, type AdmissionPluginOptions } from './admission-plugin.js';
import type { SseHandler } from '../live/sse-handler.js';
import { createCacheHeaders } from './cache-headers.js';
import { allowedOrigins } from './cors.js';
import { fastPath } from './fast-path.js';
import { createSafeGet } from './safe-get.js';
import { withTraceExtension } from './trace-extension.js';

export interface OperationHandlerOptions {
  settings: GatewaySettings;
  engine: Engine;
  admission: Admission;
  rates: RateLimiter;
  identity: Identity;
  log: Logger;
  /** Whether all callers need a token, so that no response is public. */
  isPrivate?: boolean;
  /** Sends the events of subscriptions; without it they are refused. */
  events?: Pick<SseHandler, 'subscribe'>;
}

/** Serves queries and mutations over HTTP, one response each. */
export interface OperationHandler extends Closable {
  handler: Handler;
}

export async function openOperationHandler(options: OperationHandlerOptions): Promise<OperationHandler> {
  const { settings, engine, admission, rates, identity, log, isPrivate = false, events } = options;
  const mask = maskClientErrors(log);
  const cacheHeaders = createCacheHeaders({ ...settings, isPrivate });
  const running = { engine, admission, mask, cacheHeaders };
  const answer = fastPath({ ...running, isSafeGet: createSafeGet(allowedOrigins(settings)), events });
  const server = createServer(options, running);
  await server.start();
  const handler = createGraphqlRoute<OperationContext>({
    server,
    fastPath: settings.NODE_ENV === 'production' ? answer : withTraceExtension(answer),
    codec: losslessJson,
    async context(request, scope) {
      const caller = await identity.identify((name) => header(request, name));
      await rates.checkCaller(caller);
      const origin = new RequestOrigin(request, caller, settings.TRUSTED_PROXIES);
      return { caller, scope, cancellation: scope.cancellation, origin };
    },
    bodyLimit: ({ caller }) => bodyLimitOf(caller, settings),
  });
  return { handler, close: () => server.stop() };
}

function bodyLimitOf(caller: Caller, settings: OperationHandlerOptions['settings']): number {
  if (caller.kind === 'guest') return settings.BODY_LIMIT_GUEST_BYTES;
  const isUser = caller.kind === 'user' && caller.role !== 'ADMIN';
  return isUser ? settings.BODY_LIMIT_USER_BYTES : settings.BODY_LIMIT_IMPORT_BYTES;
}

function createServer(
  { settings, log }: OperationHandlerOptions,
  running: AdmissionPluginOptions,
): ApolloServer<OperationContext> {
  return new ApolloServer<OperationContext>({
    // Never used: the plugin answers every operation. Apollo Server does not start without a schema.
    typeDefs: 'type Query { unused: Boolean }',
    nodeEnv: settings.NODE_ENV,
    documentStore: null,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    stringifyResult: (result) => losslessJson.encode(JSON.stringify(result)),
    formatError: running.mask,
    logger: log,
    plugins: [
      admissionPlugin(running),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

import {
  type ErrorEvent,
  initWithoutDefaultIntegrations,
  type NodeClient,
  type NodeOptions,
  withScope,
} from '@sentry/node';
import type { Closable } from '../process/closers.js';
import type { ProcessIdentity, RecordedTraces } from './otlp-export.js';
import { SentryTransactions } from './sentry-transactions.js';
import { type ErrorDetails, setErrorReporter } from './unexpected-errors.js';

export interface SentryOptions {
  dsn: string;
  environment: string;
  /** The share of traces that are sent, 0 to 1. */
  tracesShare: number;
  /** The share of the sent transactions that have a CPU profile, 0 to 1. */
  profilesShare: number;
}

/** Sentry, and what its traces need of the export of telemetry. */
export interface Sentry extends Closable {
  /** Absent if no traces are sent. */
  traces?: RecordedTraces;
}

/** Milliseconds that pending reports have when the process ends. */
const flushTimeoutMs = 2_000;

/**
 * Reports unexpected errors to Sentry, and a share of the traces with profiles: without integrations, and with only those
 * parts of an event that are listed below.
 */
export function openSentry(identity: ProcessIdentity, options: SentryOptions): Sentry {
  const client = initWithoutDefaultIntegrations(sentryOptions(identity, options));
  setErrorReporter((error, details) => {
    withScope((scope) => {
      scope.setTags({ service: identity.service, ...tagsOf(details) });
      client?.captureException(error, {}, scope);
    });
  });
  return {
    ...(client && options.tracesShare > 0 && { traces: openTraces(client, identity, options) }),
    async close() {
      setErrorReporter(undefined);
      await client?.close(flushTimeoutMs);
    },
  };
}

function openTraces(
  client: NodeClient,
  identity: ProcessIdentity,
  { environment, tracesShare, profilesShare }: SentryOptions,
): RecordedTraces {
  const processor = new SentryTransactions(client, { identity, environment, profiledShare: profilesShare });
  return { share: tracesShare, processor };
}

function sentryOptions({ service, version }: ProcessIdentity, { dsn, environment }: SentryOptions): NodeOptions {
  return {
    dsn,
    environment,
    release: version,
    serverName: service,
    enableOpenTelemetrySetup: false,
    sendClientReports: false,
    maxBreadcrumbs: 0,
    dataCollection: noData,
    beforeSend: removePersonalData,
  };
}

/** Sentry collects all of this by default. */
const noData: NodeOptions['dataCollection'] = {
  userInfo: false,
  cookies: false,
  httpHeaders: false,
  httpBodies: [],
  urlQueryParams: false,
  graphQL: { document: false, variables: false },
  databaseQueryData: false,
  frameContextLines: 0,
  stackFrameVariables: false,
};

function tagsOf({ location, requestId, traceId }: ErrorDetails): Record<string, string> {
  return { location, ...(requestId !== undefined && { requestId }), ...(traceId !== undefined && { traceId }) };
}

/** An allow list, so that new kinds of context, headers or breadcrumbs are not sent. */
function removePersonalData(event: ErrorEvent): ErrorEvent {
  const { event_id, timestamp, platform, level, release, environment, server_name, tags, exception } = event;
  const values = exception?.values?.map(({ type, value, mechanism, stacktrace }) => ({
    type,
    value: value === undefined ? value : redactMessage(value),
    mechanism: mechanism && { type: mechanism.type, handled: mechanism.handled },
    stacktrace: stacktrace && {
      frames: stacktrace.frames?.map(({ filename, function: name, lineno, colno, in_app, module }) => ({
        filename,
        function: name,
        lineno,
        colno,
        in_app,
        module,
      })),
    },
  }));
  const kept = { type: undefined, event_id, timestamp, platform, level, release, environment, server_name, tags };
  return { ...kept, exception: { values } };
}

/** Messages of drivers and parsers quote their input. */
function redactMessage(message: string): string {
  return message
    .replace(/[^\s"'<>()=:,;]+@[^\s"'<>()=:,;]+/g, '[email]')
    .replace(/\beyJ[\w-]+(\.[\w-]*)*/g, '[token]')
    .replace(/"[^"]*"/g, '"…"')
    .replace(/'[^']*'/g, "'…'");
}

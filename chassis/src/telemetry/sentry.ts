import { type ErrorEvent, initWithoutDefaultIntegrations, type NodeOptions, withScope } from '@sentry/node';
import type { Closable } from '../process/closers.js';
import type { ProcessIdentity } from './otlp-export.js';
import { type ErrorDetails, setErrorReporter } from './unexpected-errors.js';

export interface SentryOptions {
  dsn: string;
  environment: string;
}

/** Milliseconds that reports have to leave when the process ends. */
const patience = 2_000;

/**
 * Reports unexpected errors to Sentry, and nothing else: no integration watches this process, traces go where
 * OpenTelemetry sends them, and of an event only what is named below leaves.
 */
export function openSentry(identity: ProcessIdentity, options: SentryOptions): Closable {
  const client = initWithoutDefaultIntegrations(sentryOptions(identity, options));
  setErrorReporter((error, circumstances) => {
    withScope((scope) => {
      scope.setTags({ service: identity.service, ...tagsOf(circumstances) });
      client?.captureException(error, {}, scope);
    });
  });
  return {
    async close() {
      setErrorReporter(undefined);
      await client?.close(patience);
    },
  };
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
    dataCollection: nothing,
    beforeSend: impersonal,
  };
}

/** It collects all of this unless it is told not to. */
const nothing: NodeOptions['dataCollection'] = {
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

function tagsOf({ place, requestId, traceId }: ErrorDetails): Record<string, string> {
  return { place, ...(requestId !== undefined && { requestId }), ...(traceId !== undefined && { traceId }) };
}

/** What may leave, named one by one: a new kind of context, header or breadcrumb stays here. */
function impersonal(event: ErrorEvent): ErrorEvent {
  const { event_id, timestamp, platform, level, release, environment, server_name, tags, exception } = event;
  const values = exception?.values?.map(({ type, value, mechanism, stacktrace }) => ({
    type,
    value: value === undefined ? value : withoutPeople(value),
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

/** Messages of drivers and parsers quote what they were given. */
function withoutPeople(message: string): string {
  return message
    .replace(/[^\s"'<>()=:,;]+@[^\s"'<>()=:,;]+/g, '[email]')
    .replace(/\beyJ[\w-]+(\.[\w-]*)*/g, '[token]')
    .replace(/"[^"]*"/g, '"…"')
    .replace(/'[^']*'/g, "'…'");
}

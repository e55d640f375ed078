import type { Caller } from '@marquee/chassis/identity/caller';
import { callerHeader, type CallerSigner } from '@marquee/chassis/identity/signature';
import type { Closable } from '@marquee/chassis/process/closers';
import { durations } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { currentRequest, requestIdHeader } from '@marquee/chassis/telemetry/request';
import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { Pool } from 'undici';
import { type Answer, readAnswer } from './answer.js';
import { countFailure, failureOf, UpstreamFailure } from './failure.js';
import { openStreams, type Streams } from './streams.js';

export interface UpstreamOptions {
  name: string;
  url: URL;
  timeoutSeconds: number;
  signer: CallerSigner;
  log: Logger;
}

/** A GraphQL operation for one subgraph. */
export interface UpstreamOperation {
  query: string;
  variables?: Record<string, unknown> | undefined;
  operationName?: string | undefined;
  /** All of it as JSON, where that is made already. */
  body?: string;
}

/** One subgraph, reached over connections that are kept. */
export interface Upstream extends Closable {
  readonly name: string;
  /**
   * Sends an operation as this caller. Nothing of a client's request goes along but its id and its trace.
   * @throws UpstreamFailure when no GraphQL answer comes in time; it is logged and counted
   */
  ask(operation: UpstreamOperation, caller: Caller): Promise<Answer>;
  /** The events of a subscription; see `Streams`. */
  subscribe: Streams['subscribe'];
  close(): Promise<void>;
}

/** Requests to one subgraph at the same time; more wait for a connection, inside their own timeout. */
const connectionLimit = 64;

/** Milliseconds an idle connection is kept: less than the 65 s of our servers, and a server's own hint goes first. */
const keepAlive = 30_000;

/** Largest answer in bytes. */
const answerLimit = 32 * 1024 * 1024;

export function openUpstream({ name, url, timeoutSeconds, signer, log }: UpstreamOptions): Upstream {
  const timeout = timeoutSeconds * 1000;
  const pool = new Pool(url.origin, {
    connections: connectionLimit,
    keepAliveTimeout: keepAlive,
    maxResponseSize: answerLimit,
    connect: { timeout },
  });
  const streams = openStreams({ name, url, signer, log, openingTimeout: timeout });
  const path = `${url.pathname}${url.search}`;
  return {
    name,
    close: async () => void (await Promise.all([streams.close(), pool.close()])),
    subscribe: streams.subscribe,
    ask: (operation, caller) =>
      observed(name, log, async () => {
        const headers = headersOf(await signer.sign(caller, name));
        const signal = AbortSignal.timeout(timeout);
        const body = operation.body ?? JSON.stringify(operation);
        const { statusCode, body: answer } = await pool.request({ method: 'POST', path, headers, body, signal });
        const refusal = refusalOf(name, statusCode);
        if (refusal === undefined) return readAnswer(name, statusCode, await answer.text());
        await answer.dump();
        throw refusal;
      }),
  };
}

function headersOf(signedCaller: string): Record<string, string> {
  const requestId = currentRequest()?.id;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json',
    [callerHeader]: signedCaller,
    ...(requestId !== undefined && { [requestIdHeader]: requestId }),
  };
  propagation.inject(context.active(), headers);
  return headers;
}

/** Other 4xx answers may carry GraphQL errors of the request itself, which a client should see. */
function refusalOf(name: string, status: number): UpstreamFailure | undefined {
  if (status === 401) return new UpstreamFailure(name, 'unauthorized', 'it refused the signed caller');
  if (status < 200 || status >= 500 || (status >= 300 && status < 400))
    return new UpstreamFailure(name, 'status', `HTTP ${status}`);
  return undefined;
}

function observed(name: string, log: Logger, work: () => Promise<Answer>): Promise<Answer> {
  const options = { kind: SpanKind.CLIENT, attributes: { 'graphql.subgraph': name } };
  return trace.getTracer('marquee').startActiveSpan(`POST ${name}`, options, async (span) => {
    const started = performance.now();
    try {
      return await work();
    } catch (thrown) {
      throw noted(failureOf(name, thrown), span, log);
    } finally {
      durations('http.client.request.duration').record((performance.now() - started) / 1000, { service: name });
      span.end();
    }
  });
}

function noted(failure: UpstreamFailure, span: Span, log: Logger): UpstreamFailure {
  countFailure(failure);
  span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', failure.reason);
  const { service: subgraph, reason, message: detail, cause } = failure;
  const code = (cause as { code?: unknown } | undefined)?.code;
  log[reason === 'unauthorized' ? 'error' : 'warn']({ subgraph, reason, detail, code }, 'subgraph failed');
  return failure;
}

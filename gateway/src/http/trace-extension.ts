import { OperationTrace } from '../engine/operation-trace.js';
import type { FastPath } from './fast-path.js';

/**
 * Outside of production, a request over POST with `extensions: { "trace": true }` gets `extensions.trace`: the time of
 * each request to a service and the query plan. Responses in several parts have no trace.
 */
export function withTraceExtension(run: FastPath): FastPath {
  return async (request, body, context) => {
    if (!isTraceRequested(body)) return run(request, body, context);
    const trace = (context.trace = new OperationTrace());
    const response = await run(request, body, context);
    // For a client that accepts only parts, the text of a single result is a part, not JSON.
    if (!response || !('text' in response) || !response.text.startsWith('{')) return response;
    const durationMs = trace.elapsedMs();
    const fetches = trace.fetches.toSorted((one, other) => one.startMs - other.startMs);
    const plan = await trace.describePlan?.().catch(() => undefined);
    const text = `${response.text.slice(0, -1)},"extensions":${JSON.stringify({ trace: { durationMs, fetches, plan } })}}`;
    return { ...response, text };
  };
}

function isTraceRequested(body: unknown): boolean {
  const { extensions } = (body ?? {}) as { extensions?: { trace?: unknown } | null };
  return extensions?.trace === true;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Handler } from '@marquee/chassis/http/http-server';
import { sendJson } from '@marquee/chassis/http/json-response';
import { Closers } from '@marquee/chassis/process/closers';
import { type EndpointOptions, openEndpoint } from '../http/endpoint.js';
import { withRateLimit } from '../http/rate-limited.js';
import { hasSupergraph, openServedGraph, type ServedGraphOptions } from '../served-graph.js';
import type { CallerSigner } from '@marquee/chassis/identity/caller-signature';
import { memoryLimit } from './memory-limit.js';
import { type Drainable, OpenPreviews } from './open-previews.js';
import { previewsWithin } from './preview-count.js';
import { openPreviewUpstreams } from '../upstream/preview-upstreams.js';

export interface PreviewOptions
  extends Omit<EndpointOptions, 'engine' | 'admission'>, Omit<ServedGraphOptions, 'supergraph' | 'contract' | 'rates'> {
  signer: CallerSigner;
}

/** The preview graphs of a registry. */
export interface Previews extends Drainable {
  /** Serves all of them; absent without a registry. */
  handler?: Handler;
}

/** Milliseconds in which the requests of a preview finish, when it makes room for another. */
const drainMs = 30_000;

/** `/preview/pr-123`; clients that add `/graphql` to a base URL work too. */
const pathShape = /^\/preview\/([a-z0-9][a-z0-9-]{0,39})(?:\/graphql)?$/;

/**
 * Serves the preview graphs of a registry, for example one for each pull request, at `/preview/<name>`. Requests for a
 * service that the preview replaces go to the URL that was published with it, all others as in the main graph. A
 * preview is opened by its first request. Without PREVIEW_REGISTRY there are none.
 */
export function openPreviews(options: PreviewOptions): Previews {
  const { PREVIEW_REGISTRY: registry } = options.settings;
  if (registry === undefined) return { drain: async () => {}, close: () => undefined };
  const previews = new OpenPreviews<Preview>({
    maxPreviews: previewsWithin(memoryLimit()),
    drainMs,
    exists: (name) =>
      hasSupergraph({ variable: 'PREVIEW_REGISTRY', address: supergraphOf(registry, name) }, options.settings),
    open: (name) => openPreview(options, supergraphOf(registry, name)),
    onCloseFailure: (err) => options.log.error({ err }, 'a preview could not be closed'),
  });
  const serve: Handler = async (request, response, scope) => {
    const name = nameIn(request);
    const use = name && (await previews.use(name, async ({ handler }) => handler(request, response, scope)));
    if (use === 'busy') sendBusy(response);
    else if (use !== 'served') sendJson(response, 404, { message: 'There is no preview graph of this name.' });
  };
  // A preview that is open limits its requests itself.
  const serveUnknown = withRateLimit(options, serve);
  return {
    handler: (request, response, scope) =>
      (previews.has(nameIn(request)) ? serve : serveUnknown)(request, response, scope),
    drain: (milliseconds) => previews.drainAll(milliseconds),
    close: () => previews.closeAll(),
  };
}

function supergraphOf(registry: string, name: string): string {
  return `${registry}/previews/${name}/live/supergraph.graphql`;
}

function sendBusy(response: ServerResponse): void {
  response.setHeader('retry-after', drainMs / 1000);
  sendJson(response, 503, { message: 'Other preview graphs are being opened or closed.' });
}

function nameIn(request: IncomingMessage): string | undefined {
  return pathShape.exec((request.url ?? '').split('?', 1)[0] ?? '')?.[1];
}

interface Preview extends Drainable {
  handler: Handler;
}

async function openPreview(options: PreviewOptions, address: string): Promise<Preview> {
  const upstreams = openPreviewUpstreams(options);
  const closers = new Closers();
  closers.add(upstreams);
  try {
    const supergraph = { variable: 'PREVIEW_REGISTRY', address } as const;
    const { engine, admission } = closers.add(await openServedGraph({ ...options, upstreams, supergraph }));
    const endpoint = closers.add(await openEndpoint({ ...options, engine, admission, upstreams }));
    const { handler, live } = endpoint;
    return { handler, drain: (milliseconds) => live.drain(milliseconds), close: () => closers.close() };
  } catch (failure) {
    await closers.close();
    throw failure;
  }
}

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { Closable } from '@marquee/chassis/process/closers';

/** Receives traces over OTLP and keeps the store requests. */
export interface TraceCollector extends Closable {
  /** The value of OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string;
  /** The store requests of a trace. */
  storeRequests(traceId: string): readonly StoreRequest[];
}

export interface StoreRequest {
  service: string;
  statement: string;
}

export async function openTraceCollector(): Promise<TraceCollector> {
  const requests = new Map<string, StoreRequest[]>();
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      if (request.url === '/v1/traces') for (const span of parseStoreSpans(text)) add(span);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    storeRequests: (traceId) => requests.get(traceId) ?? [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };

  function add({ traceId, service, statement }: StoreRequest & { traceId: string }): void {
    getOrCreate(requests, traceId, () => []).push({ service, statement });
  }
}

/** Extracts the spans of store requests. */
function parseStoreSpans(text: string): (StoreRequest & { traceId: string })[] {
  const { resourceSpans = [] } = JSON.parse(text) as Traces;
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = valueOf(resource.attributes, 'service.name') ?? '';
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .flatMap(({ traceId, attributes }) => {
        const statement = valueOf(attributes, 'db.query.text');
        return statement === undefined ? [] : [{ traceId, service, statement }];
      });
  });
}

function valueOf(attributes: readonly Attribute[], key: string): string | undefined {
  return attributes.find((attribute) => attribute.key === key)?.value.stringValue;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

interface Attribute {
  key: string;
  value: { stringValue?: string };
}

/** The relevant part of an OTLP message in JSON. */
interface Traces {
  resourceSpans?: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: { traceId: string; attributes: Attribute[] }[] }[];
  }[];
}

import { PlainClient } from './plain-client.js';
import type { ServiceClient, ServiceClientOptions } from './service-client.js';
import { openUndiciClient } from './undici-client.js';

/** Services are reached over HTTP/1.1 without TLS, for which a client of our own takes least; others over undici. */
export function openServiceClient(url: URL, options: ServiceClientOptions): ServiceClient {
  return url.protocol === 'http:' ? new PlainClient(url, options) : openUndiciClient(url, options);
}

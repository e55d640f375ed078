import { endpointsOf, type OpenClient, type Outcome } from './stock-client.js';
import type { DocumentIds } from './typed-project.js';

/** Sends the ids of documents that a tool wrote to a manifest, instead of their text. */
export function persistedClientOf(ids: DocumentIds): OpenClient {
  return (options) => ({
    async run(name, variables = {}) {
      const response = await fetch(endpointsOf(options).http, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${options.accessToken}` },
        body: JSON.stringify({ documentId: ids[name], variables }),
      });
      const { data, errors = [] } = (await response.json()) as Partial<Outcome>;
      return { data, errors };
    },
    close: () => undefined,
  });
}

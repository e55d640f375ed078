import { openRegistry } from '@marquee/schema/registry/open';
import { handlePublication, type PublicationResult } from '@marquee/schema/registry/publisher';
import { readPublisherSettings } from '@marquee/schema/registry/publisher-settings';
import { previewAlias, publisherAlias } from '../publisher-aliases.js';

/** The used part of the context of an invocation. */
export interface PublisherContext {
  invokedFunctionArn: string;
}

/**
 * Changes the schema of the service whose alias was invoked. A deploy role may invoke only the alias of its own service, so
 * that the name cannot be chosen, and has no right to write to the bucket.
 */
export async function handler(request: unknown, { invokedFunctionArn }: PublisherContext): Promise<PublicationResult> {
  const { REGISTRY: address, SUBGRAPH_URLS: urls } = readPublisherSettings();
  const alias = /:function:[^:]+:(.+)$/.exec(invokedFunctionArn)?.[1];
  const service = Object.entries(urls).find(([name]) =>
    [publisherAlias(name), previewAlias(name)].includes(alias ?? ''),
  );
  if (alias === undefined || service === undefined) throw new Error(`The alias "${alias}" belongs to no service.`);
  const [name, url] = service;
  const publisher = { name, url, previewsOnly: alias === previewAlias(name) };
  return handlePublication(await openRegistry(address), publisher, request);
}

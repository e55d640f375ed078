import { openUpstreams, type Upstreams, type UpstreamsOptions } from './upstreams.js';

export interface PreviewUpstreamsOptions extends UpstreamsOptions {
  /** The clients of the main graph. */
  upstreams: Upstreams;
}

/**
 * The clients of the subgraphs of a preview: those of the main graph for services that were published with the same URL, and
 * own ones for services that the preview replaces.
 */
export function openPreviewUpstreams({ upstreams: main, settings, signer, log }: PreviewUpstreamsOptions): Upstreams {
  const replaced = openUpstreams({ settings: { ...settings, SUBGRAPH_URLS: {} }, signer, log });
  let names = new Set<string>();
  return {
    add(subgraphs) {
      const own = subgraphs.filter(({ name, url }) => url !== main.publishedUrl(name));
      replaced.add(own);
      names = new Set(own.map(({ name }) => name));
    },
    publishedUrl: (name) => (names.has(name) ? replaced : main).publishedUrl(name),
    get: (name) => (names.has(name) ? replaced : main).get(name),
    close: () => replaced.close(),
  };
}

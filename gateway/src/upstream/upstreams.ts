import type { CallerSigner } from '@marquee/chassis/identity/caller-signature';
import { SettingsError } from '@marquee/chassis/config/settings';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import { openUpstream, type Upstream, type UpstreamSettings } from './upstream.js';

export interface UpstreamsOptions {
  settings: Pick<GatewaySettings, 'SUBGRAPH_URLS'> & UpstreamSettings;
  signer: CallerSigner;
  log: Logger;
}

/** The clients of all subgraphs, by name. */
export interface Upstreams extends Closable {
  /** Opens clients for the subgraphs of a supergraph. @throws SettingsError if one has no URL; then nothing changes */
  add(subgraphs: readonly { name: string; url?: string }[]): void;
  get(name: string): Upstream | undefined;
  /** The URL of a subgraph in the supergraph, which SUBGRAPH_URLS may replace. */
  publishedUrl(name: string): string | undefined;
}

/** Connections are opened by the first request to a subgraph. */
export function openUpstreams({ settings, signer, log }: UpstreamsOptions): Upstreams {
  const open = new Map<string, Upstream>();
  const published = new Map<string, string | undefined>();
  return {
    add(subgraphs) {
      const resolved = subgraphs.map(({ name, url }) => ({
        name,
        url: resolveUrl(name, settings.SUBGRAPH_URLS[name] ?? url),
      }));
      for (const { name, url } of subgraphs) published.set(name, url);
      for (const { name, url } of resolved) {
        const known = open.get(name);
        if (known?.url.href === url.href) continue;
        open.set(name, openUpstream({ name, url, settings, signer, log }));
        // The reloaded supergraph has another URL; requests in flight finish on the old connections.
        void known?.close();
      }
    },
    get: (name) => open.get(name),
    publishedUrl: (name) => published.get(name),
    async close() {
      await Promise.all([...open.values()].map((upstream) => upstream.close()));
    },
  };
}

function resolveUrl(name: string, url: string | undefined): URL {
  if (url && URL.canParse(url) && /^https?:/.test(url)) return new URL(url);
  throw new SettingsError([
    `SUBGRAPH_URLS: expected a URL for "${name}", because the supergraph has no http URL for it`,
  ]);
}

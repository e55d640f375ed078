import type { CallerSigner } from '@marquee/chassis/identity/signature';
import { SettingsError } from '@marquee/chassis/config/settings';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import type { ResilienceSetting } from './resilience-policy.js';
import { openUpstream, type Upstream } from './upstream.js';

export interface UpstreamsOptions {
  settings: Pick<GatewaySettings, 'SUBGRAPH_URLS' | ResilienceSetting>;
  signer: CallerSigner;
  log: Logger;
}

/** The subgraphs of this gateway, each behind connections of its own. */
export interface Upstreams extends Closable {
  /** Takes the subgraphs of a supergraph in. @throws SettingsError when nothing says where one is */
  add(subgraphs: readonly { name: string; url?: string }[]): void;
  get(name: string): Upstream | undefined;
}

/** Nothing is connected before the first request. */
export function openUpstreams({ settings, signer, log }: UpstreamsOptions): Upstreams {
  const open = new Map<string, Upstream>();
  return {
    add(subgraphs) {
      // One address that is missing leaves all as they are.
      const placed = subgraphs.map(({ name, url }) => ({
        name,
        url: addressOf(name, settings.SUBGRAPH_URLS[name] ?? url),
      }));
      for (const { name, url } of placed) {
        const known = open.get(name);
        if (known?.url.href === url.href) continue;
        open.set(name, openUpstream({ name, url, settings, signer, log }));
        // A reloaded supergraph has moved it; requests in flight finish where they are.
        void known?.close();
      }
    },
    get: (name) => open.get(name),
    async close() {
      await Promise.all([...open.values()].map((upstream) => upstream.close()));
    },
  };
}

function addressOf(name: string, url: string | undefined): URL {
  if (url && URL.canParse(url) && /^https?:/.test(url)) return new URL(url);
  throw new SettingsError([`SUBGRAPH_URLS: the supergraph has no http address for "${name}", so one is expected here`]);
}

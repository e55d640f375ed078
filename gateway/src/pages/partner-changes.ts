import type { Logger } from '@marquee/chassis/telemetry/log';
import { z } from 'zod';
import type { GatewaySettings } from '../config.js';
import { sourceAt } from '../supergraph/supergraph-source.js';

/** One version of the contract, as the schema registry describes it. */
export type ContractVersion = z.output<typeof contractVersion>;

/** Reads the versions of the contract, the newest first; empty without PARTNER_CHANGES. */
export type PartnerChanges = () => Promise<readonly ContractVersion[]>;

/** Milliseconds for which the versions are cached, so that visitors cause no load on the registry. */
const cacheMs = 10_000;

const contractVersion = z.object({
  version: z.number(),
  at: z.iso.datetime(),
  changes: z.array(z.object({ level: z.enum(['breaking', 'dangerous', 'safe']), message: z.string() })),
});

type Settings = Pick<GatewaySettings, 'PARTNER_CHANGES' | 'AWS_REGION' | 'S3_ENDPOINT'>;

/** While they cannot be read, the ones that were read last are shown. */
export function createPartnerChanges(settings: Settings, log: Logger): PartnerChanges {
  const { PARTNER_CHANGES: address } = settings;
  if (address === undefined) return async () => [];
  const source = sourceAt({ variable: 'PARTNER_CHANGES', address }, settings);
  let [versions, staleAt]: [readonly ContractVersion[], number] = [[], 0];
  return async () => {
    if (performance.now() < staleAt) return versions;
    staleAt = performance.now() + cacheMs;
    try {
      versions = z.array(contractVersion).parse(JSON.parse(await source.read()));
    } catch (err) {
      log.warn({ err, address }, 'cannot read the changes of the partner contract');
    }
    return versions;
  };
}

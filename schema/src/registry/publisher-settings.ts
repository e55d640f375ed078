import { json, readSettings } from '@marquee/chassis/config/settings';
import { z } from 'zod';

const publisherSettings = z.object({
  /** The address of the registry. */
  REGISTRY: z.string(),
  /** The published URL of each service. */
  SUBGRAPH_URLS: json.pipe(z.record(z.string(), z.string())),
});

/** @throws SettingsError for an invalid environment */
export function readPublisherSettings(): z.output<typeof publisherSettings> {
  return readSettings(publisherSettings);
}

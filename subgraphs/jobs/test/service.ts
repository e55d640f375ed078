import { randomBytes } from 'node:crypto';
import { ownedIds } from '@marquee/chassis/identity/owned-id';
import { freshSchema } from '@marquee/testkit/stores';
import { startService, type TestService } from '@marquee/testkit/service';
import { service } from '../src/service.js';

const key = randomBytes(32);

/** Makes media ids as the users service would. */
export const mediaIds = ownedIds(key);

/** The service on a schema of its own. */
export function startJobs(variables: Record<string, string> = {}): Promise<TestService> {
  return startService(service, { ...freshSchema(), MEDIA_ID_KEY: key.toString('base64'), ...variables });
}

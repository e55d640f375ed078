import { forbidden, notFound, unauthenticated } from '@marquee/chassis/errors/errors';
import { type Caller, rejectUnknownCaller } from '@marquee/chassis/identity/caller';
import type { JobsContext } from '../context.js';
import type { WebhookEndpoint } from './webhook-model.js';

const scope = 'webhooks.manage';

/**
 * Returns the id of the client whose endpoints the caller manages.
 * @throws UNAUTHENTICATED for a guest; FORBIDDEN for a user and for a machine client without the scope `webhooks.manage`
 */
export function mayManageWebhooks(caller: Caller): string {
  switch (caller.kind) {
    case 'machine':
      if (caller.scopes.includes(scope)) return caller.clientId;
      throw forbidden(`This requires the scope ${scope}; the token has ${caller.scopes.join(' ') || 'none'}.`, [
        `scope:${scope}`,
      ]);
    case 'guest':
      throw unauthenticated(`This requires a machine client with the scope ${scope}.`);
    case 'user':
    case 'gateway':
      throw forbidden(`Only a machine client with the scope ${scope} can do this.`, [`scope:${scope}`]);
    default:
      return rejectUnknownCaller(caller);
  }
}

/** @throws UNAUTHENTICATED, FORBIDDEN; NOT_FOUND for the endpoint of another client */
export async function requireEndpoint({ caller, store }: JobsContext, id: string): Promise<WebhookEndpoint> {
  const clientId = mayManageWebhooks(caller);
  const endpoint = await store.webhookEndpoints.find(clientId, id);
  if (!endpoint) throw notFound('webhook endpoint', id);
  return endpoint;
}

import { badInput, conflict, rateLimited } from '@marquee/chassis/errors/errors';
import type { PublicClient } from '@marquee/chassis/http/public-client';
import { NameServerError, TooManyLookupsError } from '@marquee/chassis/http/public-lookup';
import type { WebhookEventType } from './webhook-model.js';

/** Endpoints of one client. */
export const maxEndpoints = 10;

const maxUrlLength = 500;

export interface UrlRules {
  client: Pick<PublicClient, 'check'>;
  /** Whether http, other ports and addresses of this machine are allowed, for tests and development. */
  allowLoopback: boolean;
}

/**
 * Checks the form of an address, and that its host has only public addresses now. Every connection checks them again.
 * @throws BAD_USER_INPUT; RATE_LIMITED while too many other names are looked up for the client
 */
export async function checkUrl(url: URL, clientId: string, { client, allowLoopback }: UrlRules): Promise<string> {
  const refuse = (message: string) => badInput({ path: 'input.url', message });
  if (url.href.length > maxUrlLength) throw refuse(`must have at most ${maxUrlLength} characters`);
  if (url.username !== '' || url.password !== '') throw refuse('must not contain a user name or a password');
  if (url.hash !== '') throw refuse('must not have a fragment');
  if (!allowLoopback && (url.protocol !== 'https:' || url.port !== ''))
    throw refuse('must be an https address with port 443');
  try {
    await client.check(url, clientId);
  } catch (failure) {
    if (failure instanceof TooManyLookupsError) throw rateLimited('Too many host names are being looked up.', 3);
    if (failure instanceof NameServerError) throw refuse('must have a host whose name servers answer');
    // The same for a name that does not exist, so that no client learns which names the private network has.
    throw refuse('must have a host with public addresses only');
  }
  return url.href;
}

/** @throws BAD_USER_INPUT for an empty list */
export function checkEventTypes(types: readonly WebhookEventType[]): WebhookEventType[] {
  if (types.length === 0) throw badInput({ path: 'input.eventTypes', message: 'must have at least one entry' });
  return [...new Set(types)];
}

export function tooManyEndpoints(): Error {
  return conflict(`A client has at most ${maxEndpoints} webhook endpoints: delete one first.`);
}

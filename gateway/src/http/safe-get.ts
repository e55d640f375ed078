import type { IncomingMessage } from 'node:http';
import { header } from '@marquee/chassis/http/http-server';
import type { IsAllowedOrigin } from '@marquee/chassis/http/cors';
import { responseForms } from '../admission/response-forms.js';
import { isOwnOrigin } from './cors.js';

/**
 * Whether a GET request may run although it may come from a page: either a preflight preceded it, or the page may read
 * its response.
 */
export type IsSafeGet = (request: IncomingMessage) => boolean;

/** Headers that pages of other origins cannot send without a preflight. */
const preflighted = ['authorization', 'apollo-require-preflight', 'x-apollo-operation-name'];

/** What `fetch` sends for a response that its page reads. Images, scripts, links and opaque responses have others. */
const readingModes: readonly (string | undefined)[] = ['cors', 'same-origin', undefined];

/**
 * A page of another origin could measure how long a query takes whose response it may not read, for instance within a
 * private network. Clients such as urql send a GET without a header of their own, so a request is safe too if it names
 * JSON, is sent by `fetch` or by no browser, and if its origin, where there is one, is allowed.
 */
export function createSafeGet(isAllowedOrigin: IsAllowedOrigin): IsSafeGet {
  return (request) => {
    const contentType = header(request, 'content-type');
    if (contentType !== undefined) return /^application\/json(;|$)/.test(contentType);
    if (preflighted.some((name) => (header(request, name) ?? '') !== '')) return true;
    if (!responseForms(request).isJsonNamed || !readingModes.includes(header(request, 'sec-fetch-mode'))) return false;
    const origin = header(request, 'origin');
    return origin === undefined || isAllowedOrigin(origin, request) || isOwnOrigin(origin, request);
  };
}

import type { IncomingMessage } from 'node:http';
import type { Handler } from '@marquee/chassis/http/http-server';
import { responseForms } from '../admission/response-forms.js';
import type { GatewaySettings } from '../config.js';
import { contentSecurityPolicies, pageHeaders } from './page-headers.js';

/**
 * Sends a browser that opens the address of the endpoint to its explorer, with the query in the address if there is one.
 */
export function withExplorerRedirect(
  { LANDING_PAGE, EXPLORER }: Pick<GatewaySettings, 'LANDING_PAGE' | 'EXPLORER'>,
  handler: Handler,
  explorer = '/explorer',
): Handler {
  if (!LANDING_PAGE || EXPLORER === 'off') return handler;
  return (request, response, scope) => {
    const isVisit = request.method === 'GET' && responseForms(request).prefersPage;
    if (!isVisit) return handler(request, response, scope);
    const headers = { ...pageHeaders(contentSecurityPolicies.nothing), vary: 'origin, accept' };
    response.writeHead(302, { ...headers, location: explorerAddress(explorer, request) }).end();
  };
}

function explorerAddress(explorer: string, { url = '/' }: IncomingMessage): string {
  const query = new URL(url, 'http://localhost').searchParams.get('query');
  return query === null ? explorer : `${explorer}#${new URLSearchParams({ query }).toString()}`;
}

import type { ServerResponse } from 'node:http';
import { contentSecurityPolicies, pageHeaders } from './page-headers.js';
import type { Html } from './templates/html.js';

export function sendPage(
  response: ServerResponse,
  status: number,
  document: Html,
  policy: string = contentSecurityPolicies.page,
): void {
  response.writeHead(status, { ...pageHeaders(policy), 'content-type': 'text/html; charset=utf-8' }).end(document.text);
}

import type { Handler } from '@marquee/chassis/http/http-server';
import { sendJson } from '@marquee/chassis/http/json-response';

type Method = 'GET' | 'HEAD' | 'POST';

/** Responds to any other method with 405. */
export function allowMethods(methods: readonly Method[], handler: Handler): Handler {
  return (request, response, scope) => {
    if (methods.some((method) => method === request.method)) return handler(request, response, scope);
    response.setHeader('allow', methods.join(', '));
    sendJson(response, 405, { message: `Method not allowed. Use ${methods.join(' or ')}.` });
  };
}

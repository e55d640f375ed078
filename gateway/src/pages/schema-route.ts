import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import type { Handler } from '@marquee/chassis/http/http-server';
import { type GraphQLSchema, printSchema } from 'graphql';
import type { Engine } from '../engine/engine.js';
import type { PageAccess } from './page-access.js';
import { pageHeaders, contentSecurityPolicies } from './page-headers.js';

/**
 * The API schema of a graph as SDL, also for the tools of pages elsewhere. In production it requires the scope
 * `graph.explore`.
 */
export function schemaRoute(engine: Engine, access: PageAccess): Handler {
  return async (request, response) => {
    const isAllowed = await access.canReadSchema(request);
    const text = isAllowed ? printedSchema(engine.graph().schema) : 'The schema requires the scope graph.explore.\n';
    response
      .writeHead(isAllowed ? 200 : 403, {
        ...pageHeaders(contentSecurityPolicies.nothing),
        'content-type': 'text/plain; charset=utf-8',
        vary: 'origin, authorization, cookie',
      })
      .end(text);
  };
}

/** The SDL of a schema, printed once. */
export const printedSchema = memoizeWeak((schema: GraphQLSchema) => `${printSchema(schema)}\n`);

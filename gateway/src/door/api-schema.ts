import type { Handler } from '@marquee/chassis/http/server';
import { type GraphQLSchema, printSchema } from 'graphql';
import type { Engine } from '../engine/engine.js';
import type { Access } from './access.js';
import { guarded, policies } from './headers.js';

/** `/schema.graphql`: what clients see of the graph, for those who may. */
export function apiSchema(engine: Engine, access: Access): Handler {
  const printed = new WeakMap<GraphQLSchema, string>();
  return async (request, response) => {
    const isAllowed = await access.seesSchema(request);
    const text = isAllowed ? print(engine.graph().schema) : 'The schema needs the scope graph.explore.\n';
    response
      .writeHead(isAllowed ? 200 : 403, {
        ...guarded(policies.nothing),
        'content-type': 'text/plain; charset=utf-8',
        vary: 'authorization, cookie',
      })
      .end(text);
  };

  function print(schema: GraphQLSchema): string {
    const text = printed.get(schema) ?? `${printSchema(schema)}\n`;
    printed.set(schema, text);
    return text;
  }
}

import type { ApolloServerPlugin } from '@apollo/server';
import type { maskErrors } from '@marquee/chassis/errors/mask';
import { during } from '@marquee/chassis/telemetry/request';
import type { OperationContext, OperationScope } from '../engine/operation-context.js';

export interface Origins {
  /** Notes which request an error belongs to. */
  plugin: ApolloServerPlugin<OperationContext>;
  /** What masks an error as part of its request, so that what is logged of it names that. */
  mask: ReturnType<typeof maskErrors>;
}

/** Apollo Server does not tell whose error it formats. */
export function noteOrigins(mask: ReturnType<typeof maskErrors>): Origins {
  const origins = new WeakMap<object, OperationScope>();
  return {
    mask: (formatted, error) => during(origins.get(error as object), () => mask(formatted, error)),
    plugin: {
      requestDidStart: async () => ({
        async didEncounterErrors({ errors, contextValue: { scope } }) {
          if (scope) for (const error of errors) origins.set(error, scope);
        },
      }),
    },
  };
}

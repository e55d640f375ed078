import type { GraphQLError, OperationTypeNode } from 'graphql';
import { mutationOverGet, subscriptionOverHttp } from './refusals.js';

/** The operation types that a transport does not carry, each with its refusal. */
export type Transport = Partial<Record<`${OperationTypeNode}`, () => GraphQLError>>;

/** How operations reach the gateway. All other rules are the same for every transport. */
export const transports = {
  post: { subscription: subscriptionOverHttp },
  get: { mutation: mutationOverGet, subscription: subscriptionOverHttp },
  events: {},
  websocket: {},
} as const satisfies Record<string, Transport>;

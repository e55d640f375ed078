import { type DirectiveHolder, findDirective, findDirectives } from '@marquee/chassis/graphql/directives';
import type { GraphQLSchema } from 'graphql';

/** How a subscription is resumed: `argument` receives the value that the field `cursor` had in the last event. */
export interface ResumableDirective {
  argument: string;
  cursor: string;
}

/** Reads `@resumable` of a subscription field. @param supergraph the supergraph schema; the API schema has no directives */
export function resumableDirective(supergraph: GraphQLSchema, field: string): ResumableDirective | undefined {
  const { argument, cursor } = findDirective(supergraph.getSubscriptionType()?.getFields()[field], 'resumable') ?? {};
  return typeof argument === 'string' && typeof cursor === 'string' ? { argument, cursor } : undefined;
}

/** A mutation that sets the Boolean at the path `argument` for these seconds, while the client's WebSocket is open. */
export interface WhileConnectedDirective {
  argument: readonly string[];
  seconds: number;
}

/** Reads `@whileConnected` of a mutation field. @param supergraph the supergraph schema; the API schema has no directives */
export function whileConnectedDirective(supergraph: GraphQLSchema, field: string): WhileConnectedDirective | undefined {
  const { argument, seconds } = findDirective(supergraph.getMutationType()?.getFields()[field], 'whileConnected') ?? {};
  if (typeof argument !== 'string' || !Number.isFinite(Number(seconds))) return undefined;
  return { argument: argument.split('.'), seconds: Number(seconds) };
}

/** Whether a field has `@broadcast`: its value is the same for all callers with the same rights. */
export function isBroadcast(field: DirectiveHolder): boolean {
  return findDirective(field, 'broadcast') !== undefined;
}

/**
 * Whether a whole type has `@broadcast`. Only valid for a type of a single subgraph: in the supergraph the directive would
 * also cover fields that other subgraphs add.
 */
export function isBroadcastType(type: DirectiveHolder): boolean {
  const subgraphs = new Set(findDirectives(type, 'join__type').map(({ graph }) => graph));
  return subgraphs.size === 1 && isBroadcast(type);
}

import { type ConstDirectiveNode, type GraphQLSchema, Kind } from 'graphql';

/** How a subscription goes on after an interruption: `argument` takes the value that `cursor` had in an event. */
export interface Resumable {
  argument: string;
  cursor: string;
}

/** Reads `@resumable` of a subscription's field. @param supergraph the schema of the supergraph, which holds the marks */
export function resumableMark(supergraph: GraphQLSchema, field: string): Resumable | undefined {
  const mark = marksOf(supergraph.getSubscriptionType()?.getFields()[field]).find(named('resumable'));
  const argument = mark && text(mark, 'argument');
  const cursor = mark && text(mark, 'cursor');
  return argument !== undefined && cursor !== undefined ? { argument, cursor } : undefined;
}

/** Tells whether a subscription's field sends all callers of a role the same events. */
export function isBroadcast(supergraph: GraphQLSchema, field: string): boolean {
  return marksBroadcast(supergraph.getSubscriptionType()?.getFields()[field]);
}

/** Tells whether a type or a field is marked `@broadcast`. */
export function marksBroadcast(marked: Marked | null | undefined): boolean {
  return marksOf(marked).some(named('broadcast'));
}

function marksOf(marked: Marked | null | undefined): readonly ConstDirectiveNode[] {
  return marked?.astNode?.directives ?? [];
}

function named(name: string): (mark: ConstDirectiveNode) => boolean {
  return (mark) => mark.name.value === name;
}

function text({ arguments: values = [] }: ConstDirectiveNode, name: string): string | undefined {
  const value = values.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

interface Marked {
  astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;
}

import { type ConstDirectiveNode, type GraphQLSchema, Kind } from 'graphql';

/** How a subscription goes on after an interruption: `argument` takes the value that `cursor` had in an event. */
export interface ResumableDirective {
  argument: string;
  cursor: string;
}

/** Reads `@resumable` of a subscription's field. @param supergraph the schema of the supergraph, which holds the marks */
export function resumableDirective(supergraph: GraphQLSchema, field: string): ResumableDirective | undefined {
  const mark = marksOf(supergraph.getSubscriptionType()?.getFields()[field]).find(named('resumable'));
  const argument = mark && text(mark, 'argument');
  const cursor = mark && text(mark, 'cursor');
  return argument !== undefined && cursor !== undefined ? { argument, cursor } : undefined;
}

/** Tells whether a field is marked `@broadcast`. */
export function isBroadcast(field: Marked): boolean {
  return marksOf(field).some(named('broadcast'));
}

/** Tells whether a type is marked `@broadcast` by the one subgraph that has it: what others added would be marked, too. */
export function isBroadcastType(type: Marked): boolean {
  const marks = marksOf(type);
  const subgraphs = new Set(marks.filter(named('join__type')).map((mark) => enumValue(mark, 'graph')));
  return subgraphs.size === 1 && marks.some(named('broadcast'));
}

function marksOf(marked: Marked | null | undefined): readonly ConstDirectiveNode[] {
  return marked?.astNode?.directives ?? [];
}

function named(name: string): (mark: ConstDirectiveNode) => boolean {
  return (mark) => mark.name.value === name;
}

function enumValue({ arguments: values = [] }: ConstDirectiveNode, name: string): string | undefined {
  const value = values.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.ENUM ? value.value : undefined;
}

function text({ arguments: values = [] }: ConstDirectiveNode, name: string): string | undefined {
  const value = values.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

interface Marked {
  astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;
}

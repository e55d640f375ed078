import { type ConstDirectiveNode, type GraphQLSchema, Kind } from 'graphql';

/** How a subscription is resumed: `argument` receives the value that the field `cursor` had in the last event. */
export interface ResumableDirective {
  argument: string;
  cursor: string;
}

/** Reads `@resumable` of a subscription field. @param supergraph the supergraph schema; the API schema has no directives */
export function resumableDirective(supergraph: GraphQLSchema, field: string): ResumableDirective | undefined {
  const mark = marksOf(supergraph.getSubscriptionType()?.getFields()[field]).find(named('resumable'));
  const argument = mark && text(mark, 'argument');
  const cursor = mark && text(mark, 'cursor');
  return argument !== undefined && cursor !== undefined ? { argument, cursor } : undefined;
}

/** Whether a field has `@broadcast`: its value is the same for all callers with the same rights. */
export function isBroadcast(field: Marked): boolean {
  return marksOf(field).some(named('broadcast'));
}

/**
 * Whether a whole type has `@broadcast`. Only valid for a type of a single subgraph: in the supergraph the directive would
 * also cover fields that other subgraphs add.
 */
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

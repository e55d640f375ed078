import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  parse,
  type TypeNode,
  visit,
} from 'graphql';
import { defaultFirst } from '../paging/relay-connection.js';

/** The arguments that say how much of a list is wanted. */
const slicing = ['first', 'last'];

/**
 * Tells the gateway how long the lists of a subgraph can get, so that it knows what an operation may cost: every field
 * with an argument `first` or `last` is marked `@listSize`, unless it is marked already.
 */
export function withListSizes(schema: DocumentNode): DocumentNode {
  return visit(schema, {
    FieldDefinition(field) {
      const { directives = [], arguments: parameters = [] } = field;
      const isMarked = directives.some(({ name }) => name.value === 'listSize');
      const slices = parameters.map(({ name }) => name.value).filter((name) => slicing.includes(name));
      if (isMarked || slices.length === 0) return undefined;
      return { ...field, directives: [...directives, sizeOf(field, slices)] };
    },
  });
}

function sizeOf({ type }: FieldDefinitionNode, slices: string[]): ConstDirectiveNode {
  const names = JSON.stringify(slices);
  const sized = isList(type) ? '' : ', sizedFields: ["edges"]';
  return directive(
    `@listSize(slicingArguments: ${names}, assumedSize: ${defaultFirst}${sized}, requireOneSlicingArgument: false)`,
  );
}

function isList(type: TypeNode): boolean {
  return (type.kind === Kind.NON_NULL_TYPE ? type.type : type).kind === Kind.LIST_TYPE;
}

function directive(text: string): ConstDirectiveNode {
  const [field] = parse(`type Any { field: Any ${text} }`, { noLocation: true }).definitions.flatMap((one) =>
    one.kind === Kind.OBJECT_TYPE_DEFINITION ? (one.fields ?? []) : [],
  );
  const [found] = field?.directives ?? [];
  if (!found) throw new Error(`There is no directive in ${text}.`);
  return found;
}

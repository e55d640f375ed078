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

/** The arguments that limit the size of a list. */
const slicing = ['first', 'last'];

/**
 * Adds `@listSize` to every field with an argument `first` or `last` that does not have it, so that the gateway can
 * estimate the cost of an operation (IBM cost directive specification, section 3.2).
 */
export function withListSizes(schema: DocumentNode): DocumentNode {
  return visit(schema, {
    FieldDefinition(field) {
      const { directives = [], arguments: parameters = [] } = field;
      const hasListSize = directives.some(({ name }) => name.value === 'listSize');
      const slices = parameters.map(({ name }) => name.value).filter((name) => slicing.includes(name));
      if (hasListSize || slices.length === 0) return undefined;
      return { ...field, directives: [...directives, sizeOf(field, slices)] };
    },
  });
}

function sizeOf({ type }: FieldDefinitionNode, slices: string[]): ConstDirectiveNode {
  const names = JSON.stringify(slices);
  const sized = isList(type) ? '' : ', sizedFields: ["edges"]';
  return parseDirective(
    `@listSize(slicingArguments: ${names}, assumedSize: ${defaultFirst}${sized}, requireOneSlicingArgument: false)`,
  );
}

function isList(type: TypeNode): boolean {
  return (type.kind === Kind.NON_NULL_TYPE ? type.type : type).kind === Kind.LIST_TYPE;
}

function parseDirective(text: string): ConstDirectiveNode {
  const [field] = parse(`type Any { field: Any ${text} }`, { noLocation: true }).definitions.flatMap((one) =>
    one.kind === Kind.OBJECT_TYPE_DEFINITION ? (one.fields ?? []) : [],
  );
  const [found] = field?.directives ?? [];
  if (!found) throw new Error(`"${text}" is not a directive.`);
  return found;
}

import { type ConstDirectiveNode, type DocumentNode, type FieldDefinitionNode, Kind, visit } from 'graphql';

/** The bounds and the work of a field that its type does not contain. */
export interface FieldCost {
  /** The largest number of items of a list without `first` or `last`. */
  items?: number;
  /** The largest number of characters of a text, or of one item of a list of texts. */
  characters?: number;
  /**
   * The work of the field itself, without its objects and leaves: 50 is about a millisecond of CPU time over all processes,
   * stores included.
   */
  weight?: number;
  /** The additional work of an argument that is given, such as a filter. */
  arguments?: Readonly<Record<string, number>>;
}

/** The costs of fields by type and field. */
export type FieldCosts = Readonly<Record<string, Readonly<Record<string, FieldCost>>>>;

/** The work of loading one object, by type: 1 for a type that is not listed. */
export type TypeWeights = Readonly<Record<string, number>>;

/** Cursors contain a sort key, which may be a name of 100 characters. */
const cursorFields = new Set(['cursor', 'startCursor', 'endCursor']);
const cursorCharacters = 400;

/**
 * Adds `@listSize`, `@textLength` and `@cost` to fields, and `@cost` to types. The gateway computes the cost of an
 * operation and the size of its response from them. Cursors need no entry.
 * @throws Error for a field that does not exist
 */
export function withFieldCosts(schema: DocumentNode, costs: FieldCosts, weights: TypeWeights = {}): DocumentNode {
  const remaining = new Set(
    Object.entries(costs).flatMap(([type, fields]) => Object.keys(fields).map((field) => `${type}.${field}`)),
  );
  const added = visit(schema, {
    ObjectTypeDefinition: (type) => ({
      ...type,
      directives: [...(type.directives ?? []), ...weightOf(weights[type.name.value])],
      fields: type.fields?.map((field) => {
        remaining.delete(`${type.name.value}.${field.name.value}`);
        return withCost(field, costs[type.name.value]?.[field.name.value] ?? defaultCost(field));
      }),
    }),
  });
  if (remaining.size > 0) throw new Error(`Fields with a cost do not exist: ${[...remaining].join(', ')}.`);
  return added;
}

function defaultCost({ name }: FieldDefinitionNode): FieldCost {
  return cursorFields.has(name.value) ? { characters: cursorCharacters } : {};
}

function withCost(field: FieldDefinitionNode, cost: FieldCost): FieldDefinitionNode {
  const { items, characters, weight, arguments: weights = {} } = cost;
  const added = [
    ...(items === undefined ? [] : [directive('listSize', 'assumedSize', items)]),
    ...(characters === undefined ? [] : [directive('textLength', 'max', characters)]),
    ...weightOf(weight),
  ];
  return {
    ...field,
    directives: [...(field.directives ?? []), ...added],
    arguments: (field.arguments ?? []).map((argument) => ({
      ...argument,
      directives: [...(argument.directives ?? []), ...weightOf(weights[argument.name.value])],
    })),
  };
}

function weightOf(weight: number | undefined): ConstDirectiveNode[] {
  return weight === undefined ? [] : [directive('cost', 'weight', weight)];
}

function directive(name: string, argument: string, value: number): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: argument },
        value: { kind: Kind.INT, value: String(value) },
      },
    ],
  };
}

/**
 * The directive for the length of texts in user-perceived characters. Composition keeps it in the supergraph; the schema
 * that clients see does not have it.
 */
export const textLengthDirective = `
extend schema
  @link(url: "https://marquee.example/size/v1.0", import: ["@textLength"])
  @composeDirective(name: "@textLength")
directive @textLength(max: Int!) on FIELD_DEFINITION`;

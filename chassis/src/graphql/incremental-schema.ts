import {
  DirectiveLocation,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';

/** Names of the directives with which a client allows that a part of the response is delivered later. */
export const deferName = 'defer';
export const streamName = 'stream';

const condition = {
  type: new GraphQLNonNull(GraphQLBoolean),
  defaultValue: true,
  description: 'Whether the directive applies; false includes the data in the first result.',
};

const label = {
  type: GraphQLString,
  description: 'Names the part in the results. A literal that is unique in the document.',
};

const directives = [
  new GraphQLDirective({
    name: deferName,
    description:
      'Delivers the fields of a fragment in a later result, once they are available. Needs a client that accepts ' +
      'several results; any other gets them in the one result.',
    locations: [DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
    args: { if: condition, label },
  }),
  new GraphQLDirective({
    name: streamName,
    description:
      'Delivers the later items of a list in a later result, once they are available. Needs a client that accepts ' +
      'several results; any other gets all items in the one result.',
    locations: [DirectiveLocation.FIELD],
    args: {
      if: condition,
      label,
      initialCount: {
        type: GraphQLInt,
        defaultValue: 0,
        description: 'Number of items in the first result; at least 0.',
      },
    },
  }),
];

/** Adds `@defer` and `@stream`, which the gateway executes, to the schema that clients see. */
export function withIncrementalDirectives(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig();
  const others = config.directives.filter(({ name }) => name !== deferName && name !== streamName);
  return new GraphQLSchema({ ...config, directives: [...others, ...directives], assumeValid: true });
}

import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { buildASTSchema, type GraphQLSchema, Kind, type NonNullTypeNode, parse, printSchema, visit } from 'graphql';

/** A copy of a schema in which all fields are nullable, so that an error nulls only its own field. */
export const nullableSchema = memoizeWeak((schema: GraphQLSchema): GraphQLSchema => {
  const document = visit(parse(printSchema(schema), { noLocation: true }), {
    // Arguments and input fields keep their types.
    InputValueDefinition: () => false,
    [Kind.NON_NULL_TYPE]: { leave: ({ type }: NonNullTypeNode) => type },
  });
  return buildASTSchema(document, { assumeValid: true });
});

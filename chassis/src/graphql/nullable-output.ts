import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  getNullableType,
  type GraphQLFieldConfig,
  GraphQLList,
  type GraphQLOutputType,
  type GraphQLSchema,
  isListType,
} from 'graphql';
import { memoizeWeak } from '../caching/memoize.js';

/**
 * A copy of a schema in which every field may be null, with the same resolvers. An error in a field then leaves null in
 * its place, and the fields around it keep their values. A null without an error is reported by the gateway. Built once
 * per schema, when it is first needed.
 */
export const withNullableOutput = memoizeWeak((schema: GraphQLSchema) =>
  mapSchema(schema, {
    [MapperKind.COMPOSITE_FIELD]: (field: GraphQLFieldConfig<unknown, unknown>) => ({
      ...field,
      type: nullableOutput(field.type),
    }),
  }),
);

function nullableOutput(type: GraphQLOutputType): GraphQLOutputType {
  const nullable = getNullableType(type);
  return isListType(nullable) ? new GraphQLList(nullableOutput(nullable.ofType)) : nullable;
}

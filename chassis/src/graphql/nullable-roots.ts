import { type DocumentNode, type FieldDefinitionNode, Kind, type ObjectTypeDefinitionNode, visit } from 'graphql';

const rootTypes = new Set(['Query', 'Mutation', 'Subscription']);

/**
 * Makes every root field nullable, whatever its decorator declares. One request combines root fields of several
 * services, each of which may be refused or fail; a non-null one would then remove the results of all others from the
 * response, also those of mutations that have already taken effect.
 */
export function withNullableRoots(schema: DocumentNode): DocumentNode {
  return visit(schema, {
    ObjectTypeDefinition: (type) => (rootTypes.has(type.name.value) ? withNullableFields(type) : undefined),
  });
}

function withNullableFields(type: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode {
  return { ...type, fields: type.fields?.map(nullable) ?? [] };
}

function nullable(field: FieldDefinitionNode): FieldDefinitionNode {
  return field.type.kind === Kind.NON_NULL_TYPE ? { ...field, type: field.type.type } : field;
}

import {
  type ASTVisitor,
  type DocumentNode,
  getNamedType,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  type GraphQLNamedType,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * What an operation touches of a schema, as schema coordinates: `User`, `User.name`, `Query.users.first`. Of the inputs
 * that it takes every field and value counts, since variables say only at run time which of them are sent; of the enums
 * that it reads, too, since any of them may come.
 */
export function coordinatesOf(document: DocumentNode, schema: GraphQLSchema): ReadonlySet<string> {
  const found = new Set<string>();
  const types = new TypeInfo(schema);
  visit(document, visitWithTypeInfo(types, collector(types, schema, found)));
  return found;
}

function collector(types: TypeInfo, schema: GraphQLSchema, found: Set<string>): ASTVisitor {
  return {
    Field() {
      const [parent, field] = [types.getParentType(), types.getFieldDef()];
      if (!parent || !field) return;
      found.add(parent.name).add(`${parent.name}.${field.name}`);
      touch(getNamedType(field.type), found);
    },
    Argument() {
      const [parent, field, argument] = [types.getParentType(), types.getFieldDef(), types.getArgument()];
      if (!parent || !field || !argument) return;
      found.add(`${parent.name}.${field.name}.${argument.name}`);
      touch(getNamedType(argument.type), found);
    },
    VariableDefinition({ type }) {
      touch(getNamedType(typeFromAST(schema, type as never) as GraphQLInputType | undefined), found);
    },
    InlineFragment: ({ typeCondition }) => void (typeCondition && found.add(typeCondition.name.value)),
    FragmentDefinition: ({ typeCondition }) => void found.add(typeCondition.name.value),
  };
}

function touch(type: GraphQLNamedType | undefined, found: Set<string>): void {
  if (!type || (isInputObjectType(type) && found.has(type.name))) return;
  found.add(type.name);
  if (isEnumType(type)) for (const { name } of type.getValues()) found.add(`${type.name}.${name}`);
  if (!isInputObjectType(type)) return;
  for (const field of Object.values(type.getFields())) {
    found.add(`${type.name}.${field.name}`);
    touch(getNamedType(field.type), found);
  }
}

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
 * The schema coordinates that an operation uses, for example `User`, `User.name`, `Query.users.first`. They include every
 * field of its input types, because variables determine only at run time which ones are sent, and every value of its
 * enums, because any of them may be returned.
 */
export function coordinatesOf(document: DocumentNode, schema: GraphQLSchema): ReadonlySet<string> {
  const found = new Set<string>();
  const types = new TypeInfo(schema);
  visit(document, visitWithTypeInfo(types, usageVisitor(types, schema, found)));
  return found;
}

function usageVisitor(types: TypeInfo, schema: GraphQLSchema, found: Set<string>): ASTVisitor {
  return {
    Field() {
      const [parent, field] = [types.getParentType(), types.getFieldDef()];
      if (!parent || !field) return;
      found.add(parent.name).add(`${parent.name}.${field.name}`);
      addType(getNamedType(field.type), found);
    },
    Argument() {
      const [parent, field, argument] = [types.getParentType(), types.getFieldDef(), types.getArgument()];
      if (!parent || !field || !argument) return;
      found.add(`${parent.name}.${field.name}.${argument.name}`);
      addType(getNamedType(argument.type), found);
    },
    VariableDefinition({ type }) {
      addType(getNamedType(typeFromAST(schema, type as never) as GraphQLInputType | undefined), found);
    },
    InlineFragment: ({ typeCondition }) => void (typeCondition && found.add(typeCondition.name.value)),
    FragmentDefinition: ({ typeCondition }) => void found.add(typeCondition.name.value),
  };
}

function addType(type: GraphQLNamedType | undefined, found: Set<string>): void {
  if (!type || (isInputObjectType(type) && found.has(type.name))) return;
  found.add(type.name);
  if (isEnumType(type)) for (const { name } of type.getValues()) found.add(`${type.name}.${name}`);
  if (!isInputObjectType(type)) return;
  for (const field of Object.values(type.getFields())) {
    found.add(`${type.name}.${field.name}`);
    addType(getNamedType(field.type), found);
  }
}

import {
  type ASTVisitor,
  type DocumentNode,
  getNamedType,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * The schema coordinates that a valid document uses, for example `User`, `User.name`, `Query.users.first`, `Role.ADMIN`.
 * They include every field of the input types of its variables, because only the values of a request determine which ones
 * are sent, and every value of the enums that it selects, because any of them may be returned. Of an input object or an
 * enum value that is written in the document, only the fields and the value that it names are included.
 */
export function usedCoordinates(document: DocumentNode, schema: GraphQLSchema): ReadonlySet<string> {
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
      found.add(`${parent.name}.${field.name}.${argument.name}`).add(getNamedType(argument.type).name);
    },
    ObjectField({ name }) {
      const [parent, type] = [getNamedType(types.getParentInputType()), getNamedType(types.getInputType())];
      if (parent) found.add(parent.name).add(`${parent.name}.${name.value}`);
      if (type) found.add(type.name);
    },
    EnumValue({ value }) {
      const type = getNamedType(types.getInputType());
      if (type) found.add(`${type.name}.${value}`);
    },
    VariableDefinition({ type }) {
      addType(getNamedType(typeFromAST(schema, type as never) as GraphQLInputType | undefined), found);
    },
    InlineFragment: ({ typeCondition }) => void (typeCondition && found.add(typeCondition.name.value)),
    FragmentDefinition: ({ typeCondition }) => void found.add(typeCondition.name.value),
  };
}

function addType(type: GraphQLNamedType | undefined, found: Set<string>, visited = new Set<string>()): void {
  if (!type || visited.has(type.name)) return;
  visited.add(type.name);
  found.add(type.name);
  if (isEnumType(type)) for (const { name } of type.getValues()) found.add(`${type.name}.${name}`);
  if (!isInputObjectType(type)) return;
  for (const field of Object.values(type.getFields())) {
    found.add(`${type.name}.${field.name}`);
    addType(getNamedType(field.type), found, visited);
  }
}

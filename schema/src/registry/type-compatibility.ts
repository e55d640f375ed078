import { Kind, type TypeNode } from 'graphql';

/** Whether the values of a type are also values of an abstract type with this name. */
export type IsSubtype = (type: string, abstractType: string) => boolean;

/** Whether the values of a served output type are valid where clients expect the published one. */
export function isValidOutput(served: TypeNode, published: TypeNode, isSubtype: IsSubtype): boolean {
  if (published.kind === Kind.NON_NULL_TYPE)
    return served.kind === Kind.NON_NULL_TYPE && isValidOutput(served.type, published.type, isSubtype);
  if (served.kind === Kind.NON_NULL_TYPE) return isValidOutput(served.type, published, isSubtype);
  if (served.kind === Kind.LIST_TYPE)
    return published.kind === Kind.LIST_TYPE && isValidOutput(served.type, published.type, isSubtype);
  if (published.kind === Kind.LIST_TYPE) return false;
  const [type, expected] = [served.name.value, published.name.value];
  return type === expected || isSubtype(type, expected);
}

/** Whether a served input type accepts all values of the published one, such as a variable of that type. */
export function acceptsInput(served: TypeNode, published: TypeNode): boolean {
  if (served.kind === Kind.NON_NULL_TYPE)
    return published.kind === Kind.NON_NULL_TYPE && acceptsInput(served.type, published.type);
  if (published.kind === Kind.NON_NULL_TYPE) return acceptsInput(served, published.type);
  if (served.kind === Kind.LIST_TYPE)
    return published.kind === Kind.LIST_TYPE && acceptsInput(served.type, published.type);
  return published.kind === Kind.NAMED_TYPE && served.name.value === published.name.value;
}

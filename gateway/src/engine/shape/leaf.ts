import { type GraphQLLeafType, isEnumType, isSpecifiedScalarType } from 'graphql';

/** Tells whether a value that a subgraph sent is one of this type. Scalars that the graph defines may be anything. */
export function leafTest(type: GraphQLLeafType): (value: unknown) => boolean {
  if (isEnumType(type)) {
    const names = new Set(type.getValues().map(({ name }) => name));
    return (value) => typeof value === 'string' && names.has(value);
  }
  return isSpecifiedScalarType(type) ? scalarTest(type.name) : () => true;
}

function scalarTest(name: string): (value: unknown) => boolean {
  switch (name) {
    case 'Boolean':
      return (value) => typeof value === 'boolean';
    case 'Int':
      return (value) => isInteger(value);
    case 'Float':
      return (value) => typeof value === 'number';
    case 'ID':
      return (value) => typeof value === 'string' || isInteger(value);
    default:
      return (value) => typeof value === 'string';
  }
}

/** Above this, numbers are written with an exponent. */
const largest = 1e21;

function isInteger(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) < largest;
}

import { Field } from 'type-graphql';

/** The field that the newer build of a service adds to a type, and its value. */
export const addedField = 'build';
export const addedValue = 'newer';

/** Adds the field to a type-graphql class. */
export function addField({ prototype }: { prototype: object }): void {
  const descriptor = { value: () => addedValue, configurable: true, writable: true };
  Object.defineProperty(prototype, addedField, descriptor);
  Field(() => String)(prototype, addedField, descriptor);
}

/** The SDL of the newer build of a subgraph. */
export function withAddedField(sdl: string, type: string): string {
  const changed = sdl.replace(new RegExp(`^type ${type}\\b(?:"[^"]*"|[^"{])*\\{`, 'm'), `$&\n  ${addedField}: String!`);
  if (changed === sdl) throw new Error(`There is no type ${type} to add a field to.`);
  return changed;
}

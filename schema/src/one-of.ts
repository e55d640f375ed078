import { findDirective } from '@marquee/chassis/graphql/directives';
import {
  type DocumentNode,
  type GraphQLSchema,
  type InputObjectTypeDefinitionNode,
  isInputObjectType,
  Kind,
  visit,
} from 'graphql';

/** A subgraph as the input of composition. */
interface Subgraph {
  name: string;
  typeDefs: DocumentNode;
}

/** The input types with `@oneOf`. */
export interface OneOfInputs {
  names: ReadonlySet<string>;
  /** An error for each input type that has `@oneOf` in only some of its subgraphs. */
  problems: readonly string[];
}

const oneOf = 'oneOf';

/** Finds the input types with `@oneOf`. Subgraphs must agree: a client's value is valid in all of them or in none. */
export function findOneOfInputs(subgraphs: readonly Subgraph[]): OneOfInputs {
  const [having, lacking] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const { name: subgraph, typeDefs } of subgraphs)
    for (const definition of typeDefs.definitions) {
      if (definition.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) continue;
      const found = isOneOf(definition) ? having : lacking;
      found.set(definition.name.value, [...(found.get(definition.name.value) ?? []), subgraph]);
    }
  const problems = [...having].flatMap(([name, subgraphs]) => {
    const others = lacking.get(name) ?? [];
    return others.length === 0
      ? []
      : [`ONE_OF_MISMATCH: Input "${name}" has @oneOf in ${subgraphs.join()}, but not in ${others.join()}.`];
  });
  return { names: new Set(having.keys()), problems };
}

/** Removes `@oneOf`, which composition does not support. */
export function withoutOneOf(typeDefs: DocumentNode): DocumentNode {
  return visit(typeDefs, {
    Directive: ({ name }) => (name.value === oneOf ? null : undefined),
    DirectiveDefinition: ({ name }) => (name.value === oneOf ? null : undefined),
  });
}

/** Writes `@oneOf` back into the SDL of a supergraph. */
export function restoreOneOf(supergraph: string, { names }: OneOfInputs): string {
  if (names.size === 0) return supergraph;
  const restored = [...names].reduce(
    (sdl, name) => sdl.replace(new RegExp(`^(input ${name}\\b[^{]*?)(\\s*\\{)`, 'm'), `$1\n  @${oneOf}$2`),
    supergraph,
  );
  return `${restored.trimEnd()}\n\ndirective @${oneOf} on INPUT_OBJECT\n`;
}

/** Marks the `@oneOf` input types of an API schema. */
export function markOneOf(schema: GraphQLSchema, { names }: OneOfInputs): void {
  for (const name of names) {
    const type = schema.getType(name);
    if (isInputObjectType(type)) type.isOneOf = true;
  }
}

function isOneOf(definition: InputObjectTypeDefinitionNode): boolean {
  return findDirective(definition, oneOf) !== undefined;
}

import { type DefinitionNode, type DocumentNode, type FragmentDefinitionNode, Kind, visit } from 'graphql';
import type { GeneratedOperation } from './generate-operation.js';

/** Removes unused fragments, variables and values of variables. */
export function removeUnused({ document, variables }: GeneratedOperation): GeneratedOperation {
  const { fragments, used } = reached(document);
  const definitions = document.definitions.flatMap((one): DefinitionNode[] => {
    if (one.kind === Kind.FRAGMENT_DEFINITION) return fragments.has(one.name.value) ? [one] : [];
    if (one.kind !== Kind.OPERATION_DEFINITION) return [];
    const kept = (one.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value));
    return [{ ...one, variableDefinitions: kept }];
  });
  const values = Object.entries(variables).filter(([name]) => used.has(name));
  return { document: { ...document, definitions }, variables: Object.fromEntries(values) };
}

interface Reached {
  fragments: ReadonlySet<string>;
  used: ReadonlySet<string>;
}

function reached(document: DocumentNode): Reached {
  const byName = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) byName.set(one.name.value, one);
  const fragments = new Set<string>();
  const used = new Set<string>();
  const walk = (from: DefinitionNode): void => {
    visit(from, {
      VariableDefinition: () => false,
      Variable: ({ name }) => void used.add(name.value),
      FragmentSpread({ name }) {
        const fragment = byName.get(name.value);
        if (!fragment || fragments.has(name.value)) return;
        fragments.add(name.value);
        walk(fragment);
      },
    });
  };
  document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).forEach(walk);
  return { fragments, used };
}

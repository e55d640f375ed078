import { type ASTNode, type FieldDefinitionNode, Kind } from 'graphql';
import { findDirective, findDirectives } from './directives.js';

/** A label of progressive overrides, `@override(from:, label:)`. */
export interface OverrideLabel {
  name: string;
  fields: readonly OverriddenField[];
}

/** A field that two services resolve: `to` while its label is active, and else `from`. */
export interface OverriddenField {
  type: string;
  field: string;
  from: string;
  to: string;
}

/**
 * Finds the labels in a supergraph, in alphabetical order.
 * @param definitions of its schema; other nodes are ignored
 */
export function findOverrideLabels(definitions: Iterable<ASTNode | null | undefined>): OverrideLabel[] {
  const nodes = [...definitions];
  const names = subgraphNames(nodes);
  const labels = new Map<string, OverriddenField[]>();
  for (const node of nodes) {
    if (node?.kind !== Kind.OBJECT_TYPE_DEFINITION && node?.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of node.fields ?? [])
      for (const { label, from, graph } of overridesOf(field)) {
        const found = { type: node.name.value, field: field.name.value, from, to: names.get(graph) ?? graph };
        labels.set(label, [...(labels.get(label) ?? []), found]);
      }
  }
  return [...labels]
    .map(([name, fields]) => ({ name, fields }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

interface Override {
  label: string;
  from: string;
  /** The value of the enum `join__Graph`. */
  graph: string;
}

/** Both services name the label; the one that overrides the other also names the other. */
function overridesOf(field: FieldDefinitionNode): Override[] {
  return findDirectives(field, 'join__field').flatMap(({ overrideLabel: label, override: from, graph }) =>
    typeof label === 'string' && typeof from === 'string' ? [{ label, from, graph: String(graph) }] : [],
  );
}

/** The names of the subgraphs by their value in the enum `join__Graph`. */
export function subgraphNames(definitions: Iterable<ASTNode | null | undefined>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const node of definitions)
    if (node?.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph')
      for (const value of node.values ?? [])
        names.set(value.name.value, String(findDirective(value, 'join__graph')?.['name']));
  return names;
}

import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import type { Kinds } from './kinds.js';
import { isValue, merge, own, put, type Value } from './value.js';

/** Makes of an entity what a subgraph needs to know of it; null when that is not all there. */
export type Representing = (entity: unknown) => Value | null;

/** Adds a part of the representation; false when something of it is missing. */
type Part = (entity: Value, representation: Value) => boolean;

/** Compiles what a fetch requires of its entities. */
export function compileRepresentation(kinds: Kinds, selections: readonly QueryPlanSelectionNode[]): Representing {
  const parts = selections.map((selection) => compilePart(kinds, selection));
  return (entity) => {
    if (!isValue(entity)) return null;
    const representation: Value = {};
    return parts.every((part) => part(entity, representation)) ? representation : null;
  };
}

function compilePart(kinds: Kinds, selection: QueryPlanSelectionNode): Part {
  if (selection.kind === 'Field')
    return compileField(selection.alias ?? selection.name, selection.selections && compileItem(kinds, selection));
  if (selection.typeCondition === undefined) return () => true;
  const fits = kinds.test(selection.typeCondition);
  const represent = compileRepresentation(kinds, selection.selections);
  return (entity, representation) => {
    if (fits(entity, false)) merge(representation, represent(entity));
    return true;
  };
}

function compileField(name: string, item: Representing | undefined): Part {
  return (entity, representation) => {
    const value = own(entity, name);
    if (value === undefined) return false;
    if (!item) put(representation, name, value);
    else put(representation, name, Array.isArray(value) ? value.map(item) : item(value));
    return true;
  };
}

function compileItem(kinds: Kinds, { selections }: { selections?: QueryPlanSelectionNode[] }): Representing {
  return compileRepresentation(kinds, selections ?? []);
}

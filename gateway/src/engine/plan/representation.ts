import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import type { Kinds } from './kinds.js';
import type { Rewrite } from './rewrite.js';
import { isValue, merge, own, put, type Value } from './value.js';

/** Makes of an entity what a subgraph needs to know of it, as JSON; undefined when that is not all there. */
export type Representing = (entity: unknown) => string | undefined;

/** Compiles what a fetch requires of its entities. @param rewrite changes what is sent */
export function compileRepresentation(
  kinds: Kinds,
  selections: readonly QueryPlanSelectionNode[],
  rewrite: Rewrite | undefined,
): Representing {
  const key = rewrite ? undefined : plainKey(selections);
  if (key) return compileKey(kinds, key);
  const select = compileSelection(kinds, selections);
  return (entity) => {
    const selected = select(entity);
    if (!selected?.['__typename']) return undefined;
    rewrite?.(selected);
    return JSON.stringify(selected);
  };
}

/** The names of fields that have none below them, of entities of one type. */
interface PlainKey {
  type: string;
  names: readonly string[];
}

/** Nearly all entities are of one type and known by such a key; undefined where it takes more. */
function plainKey([only, ...others]: readonly QueryPlanSelectionNode[]): PlainKey | undefined {
  if (others.length > 0 || only?.kind !== 'InlineFragment' || only.typeCondition === undefined) return undefined;
  const names = only.selections.map((one) =>
    one.kind === 'Field' && !one.selections ? (one.alias ?? one.name) : undefined,
  );
  if (!names.every((name) => name !== undefined) || !names.includes('__typename')) return undefined;
  return { type: only.typeCondition, names };
}

/** Writes the JSON without an object to make it of. */
function compileKey(kinds: Kinds, { type, names }: PlainKey): Representing {
  const fits = kinds.test(type);
  const starts = names.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  return (entity) => {
    if (!isValue(entity) || !fits(entity, false)) return undefined;
    let text = '';
    for (let index = 0; index < names.length; index++) {
      const value = own(entity, names[index] as string);
      if (value === undefined) return undefined;
      text += `${starts[index]}${json(value)}`;
    }
    return `${text}}`;
  };
}

/** Strings that are as they are in JSON, but for the quotes. */
const plain = /^[ !#-[\]-~]*$/;

function json(value: unknown): string {
  return typeof value === 'string' && plain.test(value) ? `"${value}"` : JSON.stringify(value);
}

/** Takes of an entity what is selected; null when something of it is missing. */
type Selecting = (entity: unknown) => Value | null;

/** Adds a part of what is selected; false when something of it is missing. */
type Part = (entity: Value, selected: Value) => boolean;

function compileSelection(kinds: Kinds, selections: readonly QueryPlanSelectionNode[]): Selecting {
  const parts = selections.map((selection) => compilePart(kinds, selection));
  return (entity) => {
    if (!isValue(entity)) return null;
    const selected: Value = {};
    return parts.every((part) => part(entity, selected)) ? selected : null;
  };
}

function compilePart(kinds: Kinds, selection: QueryPlanSelectionNode): Part {
  if (selection.kind === 'Field')
    return compileField(
      selection.alias ?? selection.name,
      selection.selections && compileSelection(kinds, selection.selections),
    );
  if (selection.typeCondition === undefined) return () => true;
  const fits = kinds.test(selection.typeCondition);
  const select = compileSelection(kinds, selection.selections);
  return (entity, selected) => {
    if (fits(entity, false)) merge(selected, select(entity));
    return true;
  };
}

function compileField(name: string, item: Selecting | undefined): Part {
  return (entity, selected) => {
    const value = own(entity, name);
    if (value === undefined) return false;
    if (!item) put(selected, name, value);
    else put(selected, name, Array.isArray(value) ? value.map(item) : item(value));
    return true;
  };
}

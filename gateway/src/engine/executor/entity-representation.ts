import type { QueryPlanFieldNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { isJsonObject, type JsonObject, merge, own, put } from '../json-object.js';
import type { Rewrite } from './fetch-rewrites.js';
import type { PossibleTypes } from './possible-types.js';

/** Writes the representation of an entity as JSON; undefined if a required field is missing. */
export type WriteRepresentation = (entity: unknown) => string | undefined;

/** Compiles the required selections of a fetch. @param rewrite applied to each representation */
export function compileRepresentation(
  possibleTypes: PossibleTypes,
  selections: readonly QueryPlanSelectionNode[],
  rewrite: Rewrite | undefined,
): WriteRepresentation {
  const key = rewrite ? undefined : flatKey(selections);
  if (key) return compileFlatKey(possibleTypes, key);
  const select = compileSelection(possibleTypes, selections);
  return (entity) => {
    const selected = select(entity);
    if (!selected?.['__typename']) return undefined;
    rewrite?.(selected);
    return JSON.stringify(selected);
  };
}

/** A key of one type whose fields have no selections of their own. */
interface FlatKey {
  type: string;
  names: readonly string[];
}

/** Nearly all fetches require a flat key; undefined for any other selection. */
function flatKey([only, ...others]: readonly QueryPlanSelectionNode[]): FlatKey | undefined {
  if (others.length > 0 || only?.kind !== 'InlineFragment' || only.typeCondition === undefined) return undefined;
  const names = only.selections.map((one) =>
    one.kind === 'Field' && !one.selections && one.alias === undefined ? one.name : undefined,
  );
  if (!names.every((name) => name !== undefined) || !names.includes('__typename')) return undefined;
  return { type: only.typeCondition, names };
}

/** Writes the JSON directly, without an intermediate object. */
function compileFlatKey(possibleTypes: PossibleTypes, { type, names }: FlatKey): WriteRepresentation {
  const matches = possibleTypes.matcher(type);
  const starts = names.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  return (entity) => {
    if (!isJsonObject(entity) || !matches(entity, false)) return undefined;
    let text = '';
    for (let index = 0; index < names.length; index++) {
      const value = own(entity, names[index] as string);
      if (value === undefined) return undefined;
      text += `${starts[index]}${toJson(value)}`;
    }
    return `${text}}`;
  };
}

/** Strings that need no escaping in JSON. */
const unescaped = /^[ !#-[\]-~]*$/;

function toJson(value: unknown): string {
  return typeof value === 'string' && unescaped.test(value) ? `"${value}"` : JSON.stringify(value);
}

/** Copies the selected fields of an entity; null if one is missing. */
type SelectObject = (entity: unknown) => JsonObject | null;

/** Copies one selection to `selected`; false if a field is missing. */
type SelectPart = (entity: JsonObject, selected: JsonObject) => boolean;

function compileSelection(possibleTypes: PossibleTypes, selections: readonly QueryPlanSelectionNode[]): SelectObject {
  const parts = selections.map((selection) => compilePart(possibleTypes, selection));
  return (entity) => {
    if (!isJsonObject(entity)) return null;
    const selected: JsonObject = {};
    return parts.every((part) => part(entity, selected)) ? selected : null;
  };
}

function compilePart(possibleTypes: PossibleTypes, selection: QueryPlanSelectionNode): SelectPart {
  if (selection.kind === 'Field')
    return compileField(selection, selection.selections && compileSelection(possibleTypes, selection.selections));
  if (selection.typeCondition === undefined) return () => true;
  const matches = possibleTypes.matcher(selection.typeCondition);
  const select = compileSelection(possibleTypes, selection.selections);
  return (entity, selected) => {
    if (matches(entity, false)) merge(selected, select(entity));
    return true;
  };
}

/** Only a required field with arguments has an alias, see `restoreRequiredArguments`. */
function compileField({ name, alias = name }: QueryPlanFieldNode, select: SelectObject | undefined): SelectPart {
  return (entity, selected) => {
    const value = own(entity, alias);
    if (value === undefined) return false;
    if (!select) put(selected, name, value);
    else put(selected, name, Array.isArray(value) ? value.map(select) : select(value));
    return true;
  };
}

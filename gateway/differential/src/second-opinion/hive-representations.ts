import type { FetchRewrite, RequiresSelection } from '@graphql-hive/router-query-planner';
import { isJsonObject, type JsonObject, merge } from '@marquee/gateway/engine/json-object';

/** Whether an object type is a type or one of its subtypes. */
export type IsType = (name: string, type: string) => boolean;

interface Representing {
  isType: IsType;
  variables: Readonly<Record<string, unknown>>;
}

/** The selected fields of an entity; undefined if one is missing. */
export function represent(
  entity: JsonObject,
  selections: readonly RequiresSelection[],
  context: Representing,
): JsonObject | undefined {
  const result: JsonObject = {};
  for (const selection of selections) {
    if (selection.kind === 'FragmentSpread') throw new Error('Fragment spreads in requirements are not supported.');
    const part = selection.kind === 'Field' ? field(entity, selection, context) : fragment(entity, selection, context);
    if (!part) return undefined;
    merge(result, part);
  }
  return result;
}

function field(
  entity: JsonObject,
  { name, alias = name, selections }: Extract<RequiresSelection, { kind: 'Field' }>,
  context: Representing,
): JsonObject | undefined {
  const value = entity[alias];
  if (value === undefined) return undefined;
  return { [name]: selections && selections.length > 0 ? select(value, selections, context) : value };
}

function select(value: unknown, selections: readonly RequiresSelection[], context: Representing): unknown {
  if (Array.isArray(value)) return value.map((item) => select(item, selections, context));
  return isJsonObject(value) ? (represent(value, selections, context) ?? null) : value;
}

function fragment(
  entity: JsonObject,
  { typeCondition, selections, skipIf, includeIf }: Extract<RequiresSelection, { kind: 'InlineFragment' }>,
  context: Representing,
): JsonObject | undefined {
  const { variables, isType } = context;
  const isExcluded =
    (skipIf !== undefined && variables[skipIf] === true) || (includeIf !== undefined && variables[includeIf] === false);
  if (isExcluded || !isType(String(entity['__typename']), typeCondition)) return {};
  return represent(entity, selections, context);
}

/** Applies rewrites to data, in place. */
export function rewrite(data: unknown, rewrites: readonly FetchRewrite[] | undefined, isType: IsType): void {
  for (const one of rewrites ?? []) {
    const setter = 'ValueSetter' in one ? one.ValueSetter : 'kind' in one ? one : undefined;
    if (setter) change(data, setter.path, isType, (object, name) => void (object[name] = setter.setValueTo));
    else if ('KeyRenamer' in one) {
      const { path, renameKeyTo } = one.KeyRenamer;
      change(data, path, isType, (object, name) => {
        if (!(name in object)) return;
        object[renameKeyTo] = object[name];
        Reflect.deleteProperty(object, name);
      });
    }
  }
}

type Path = Extract<FetchRewrite, { KeyRenamer: unknown }>['KeyRenamer']['path'];

function change(
  data: unknown,
  [segment, ...rest]: Path,
  isType: IsType,
  apply: (object: JsonObject, name: string) => void,
): void {
  if (Array.isArray(data))
    return data.forEach((item) => change(item, segment ? [segment, ...rest] : [], isType, apply));
  if (!isJsonObject(data) || segment === undefined) return;
  if ('Key' in segment) {
    if (rest.length === 0) apply(data, segment.Key);
    else change(data[segment.Key], rest, isType, apply);
  } else if (segment.TypenameEquals.some((type) => isType(String(data['__typename']), type)))
    change(data, rest, isType, apply);
}

import { getNullableType, type GraphQLResolveInfo, isLeafType, TypeNameMetaFieldDef } from 'graphql';
import { resolverOf } from '../answer-limit.js';
import type { Compilation } from './compilation.js';
import { completeType } from './complete-values.js';
import { compileEntities, isEntitiesField } from './entity-references.js';
import type { ExecuteField } from './execute-fields.js';
import { takeArguments } from './field-arguments.js';
import { FieldCompletion } from './field-completion.js';
import { type FieldPlace, isPromise, type OperationRun, type Path } from './operation-run.js';

/** Compiles the execution of a field: its arguments, its resolver and the completion of its values. */
export function compileField(compilation: Compilation, place: FieldPlace): ExecuteField {
  const { field, parent } = place;
  if (field === TypeNameMetaFieldDef) return () => parent.name;
  if (isEntitiesField(compilation.schema, place)) return compileEntities(compilation, place);
  const completion = new FieldCompletion(place, completeType(compilation, place, field.type));
  if (resolverOf(field)) return resolvedField(place, completion);
  return isLeafType(getNullableType(field.type)) ? leafProperty(place, completion) : property(place, completion);
}

/** A field with a resolver. */
function resolvedField(place: FieldPlace, completion: FieldCompletion): ExecuteField {
  const resolve = resolverOf(place.field) ?? (() => undefined);
  const argumentsOf = takeArguments(place);
  return (run, source, parent) => {
    const path = completion.pathBelow(parent);
    let value: unknown;
    try {
      value = resolve(source, argumentsOf(run), run.context, run.infoOf(place, path));
    } catch (error) {
      return completion.fail(run, error, path);
    }
    return completion.settle(run, value, path);
  };
}

/** A property with a selection set, or a list. */
function property(place: FieldPlace, completion: FieldCompletion): ExecuteField {
  const read = propertyReader(place);
  return (run, source, parent) => {
    const path = completion.pathBelow(parent);
    let value: unknown;
    try {
      value = read(run, source, path);
    } catch (error) {
      return completion.fail(run, error, path);
    }
    return completion.settle(run, value, path);
  };
}

/** A scalar property: most fields. Nothing is allocated for it unless it fails, or is not there yet. */
function leafProperty(place: FieldPlace, completion: FieldCompletion): ExecuteField {
  const { name } = place.field;
  const read = propertyReader(place);
  return (run, source, parent) => {
    try {
      const value = isObject(source) ? source[name] : undefined;
      if (typeof value !== 'function' && !isPromise(value)) return completion.completeLeaf(run, value);
      const path = completion.pathBelow(parent);
      return completion.settle(run, typeof value === 'function' ? read(run, source, path) : value, path);
    } catch (error) {
      return completion.fail(run, error, completion.pathBelow(parent));
    }
  };
}

type ReadProperty = (run: OperationRun, source: unknown, path: Path) => unknown;

/** As the default resolver of graphql-js: a method is called. */
function propertyReader(place: FieldPlace): ReadProperty {
  const { name } = place.field;
  const argumentsOf = takeArguments(place);
  return (run, source, path) => {
    if (!isObject(source)) return undefined;
    if (typeof source[name] !== 'function') return source[name];
    return (source as Record<string, Method>)[name]?.(argumentsOf(run), run.context, run.infoOf(place, path));
  };
}

type Method = (args: object, context: object, info: GraphQLResolveInfo) => unknown;

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

import { responseTooLarge } from '@marquee/chassis/errors/errors';
import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  isCompositeType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { type JsonObject, own, put } from '../json-object.js';
import { isMissing, type MissingEntities } from '../missing-entity.js';
import type { Denial } from '../operation-context.js';
import { collectFields, type OperationVariant, type ResponseField, type TypedSelection } from './collect-fields.js';
import { leafTest } from './complete-value.js';
import {
  type CompleteNonNull,
  type CompleteValue,
  type CompletionContext,
  describePosition,
  nulled,
  propagateNull,
  reportDenied,
  reportInvalidValue,
  reportMissing,
} from './null-propagation.js';
import type { Introspect } from './schema-introspection.js';
import { compileList } from './streamed-list.js';

export interface CompletionOptions {
  variant: OperationVariant;
  introspect: Introspect;
  /** Completes values of a non-null type. */
  completeNonNull: CompleteNonNull;
  missingEntities: MissingEntities;
  /** The size in bytes at which a response is cut. */
  maxBytes: number;
}

/** Builds a response object; `propagateNull` if a field is null that cannot be. */
export type CompleteObject = (value: JsonObject, context: CompletionContext) => JsonObject | typeof propagateNull;

/**
 * Compiles the completion of objects.
 * @param typename the `__typename` of the objects, if they have one
 * @param parent the static type of the objects, used if they have no `__typename`
 */
export function compileObject(
  options: CompletionOptions,
  selected: readonly TypedSelection[],
  typename: string | undefined,
  parent: GraphQLCompositeType,
): CompleteObject {
  const { fields, deferred } = collectFields(options.variant, selected, typename, parent);
  const setters = fields.map((field) => compileField(options, field));
  const { maxBytes } = options;
  const complete: CompleteObject = (value, context) => {
    const object: JsonObject = {};
    for (const set of setters) if (!set(object, value, context)) return propagateNull;
    if (context.bytes > maxBytes) throw responseTooLarge(maxBytes);
    return object;
  };
  const parts = deferred.map((one) => ({
    label: one.label,
    completePart: compileObject(options, [one.selected], typename, one.parent),
  }));
  return parts.length === 0 ? complete : announceParts(options, complete, parts);
}

interface DeferredPart {
  label: string;
  completePart: CompleteObject;
}

/** The deferred parts of an object are announced with it, and completed later from the same data. */
function announceParts(
  { missingEntities }: CompletionOptions,
  complete: CompleteObject,
  parts: readonly DeferredPart[],
): CompleteObject {
  const nullsMissing = missingEntities === 'null';
  return (value, context) => {
    const object = complete(value, context);
    if (object === propagateNull) return object;
    for (const { label, completePart } of parts)
      context.pending?.push({
        label,
        path: [...context.path],
        from: undefined,
        complete: (later) =>
          nullsMissing && isMissing(value) ? completeMissing(value, later, completePart) : completePart(value, later),
      });
    return object;
  };
}

/** The object has been delivered already, so the null of its deferred part needs an error. */
function completeMissing(value: JsonObject, context: CompletionContext, complete: CompleteObject) {
  const known = context.errors.length;
  const object = complete(value, context);
  if (context.errors.length === known) return object;
  context.errors.length = known;
  reportMissing(context);
  return propagateNull;
}

/** Sets a field of a response object; false if its null propagates to the object. */
type SetField = (object: JsonObject, value: JsonObject, context: CompletionContext) => boolean;

function compileField(options: CompletionOptions, field: ResponseField): SetField {
  const { nodes, type, denial } = field;
  if (!type && nodes[0]?.name.value === '__typename') return compileTypename(options, field);
  if (!type) return compileIntrospection(options, field);
  const complete = denial
    ? compileDenied(options, field, denial)
    : compileList(field, type, {
        completeNonNull: options.completeNonNull,
        compileObjects: (one) => compileObjects(options, one),
      });
  const set = compileAnyField(field, complete);
  const nullable = isNonNullType(type) ? type.ofType : type;
  return isLeafType(nullable) && !denial ? compileLeafField(field, leafTest(nullable), set) : set;
}

function compileAnyField({ name, alias }: ResponseField, complete: CompleteValue): SetField {
  const bytes = name.length + fieldBytes;
  return (object, value, context) => {
    context.bytes += bytes;
    context.path.push(name);
    const result = complete(own(value, alias) ?? null, context);
    context.path.pop();
    if (result === propagateNull) return false;
    put(object, name, result === nulled ? null : result);
    return true;
  };
}

/** The quotes and the colon of a field, and a short value. */
const fieldBytes = 8;

/** A fast path for valid leaves, the most frequent case: it needs no path. */
function compileLeafField(
  { name, alias }: ResponseField,
  isValid: (value: unknown) => boolean,
  otherwise: SetField,
): SetField {
  if (name in Object.prototype || alias in Object.prototype) return otherwise;
  const bytes = name.length + fieldBytes;
  return (object, value, context) => {
    const leaf = value[alias];
    if (leaf === null || leaf === undefined || !isValid(leaf)) return otherwise(object, value, context);
    context.bytes += typeof leaf === 'string' ? bytes + leaf.length : bytes;
    object[name] = leaf;
    return true;
  };
}

function compileDenied({ completeNonNull }: CompletionOptions, field: ResponseField, denial: Denial): CompleteValue {
  const complete: CompleteValue = (_, context) => reportDenied(context, denial);
  return isNonNullType(field.type) ? completeNonNull(field, field.type.ofType, complete) : complete;
}

function compileObjects(options: CompletionOptions, field: ResponseField): CompleteValue {
  const declared = getNamedType(field.type as GraphQLOutputType) as GraphQLCompositeType;
  const byTypename = new Map<string | undefined, CompleteObject>();
  const nullsMissing = options.missingEntities === 'null';
  return (value, context) => {
    if (value === null) return null;
    if (typeof value !== 'object') throw new Error(`Invalid non-object value for composite type ${declared.name}`);
    const { __typename: sent } = value as JsonObject;
    const typename = sent === '' || sent === null ? undefined : sent;
    if (typename !== undefined && typeof typename !== 'string')
      throw new Error('Invalid non-string value for __typename');
    const complete = byTypename.get(typename) ?? compileFor(typename);
    if (!complete) {
      const position = describePosition(field, declared, context.path);
      return reportInvalidValue(context, `Invalid __typename found for object at ${position}.`);
    }
    const known = context.errors.length;
    const object = complete(value as JsonObject, context);
    if (context.errors.length > known && nullsMissing && isMissing(value as JsonObject))
      return withoutErrors(context, known);
    return object === propagateNull ? nulled : object;
  };

  function compileFor(typename: string | undefined): CompleteObject | undefined {
    const type = typename === undefined ? declared : options.variant.operation.schema.getType(typename);
    if (!isCompositeType(type)) return undefined;
    const complete = compileObject(options, field.selections, typename, type);
    byTypename.set(typename, complete);
    return complete;
  }
}

/** The null of a missing entity, of which no field can be an error. @param known the number of errors outside it */
function withoutErrors({ errors }: CompletionContext, known: number): null {
  errors.length = known;
  return null;
}

/**
 * An object of an unknown type propagates null. A subgraph that knows an interface as an object sends its name under an
 * alias of `__typename`, too; then the type is that which another subgraph sent.
 */
function compileTypename({ variant }: CompletionOptions, { name, alias, parent }: ResponseField): SetField {
  const typeOf = (sent: unknown) => (typeof sent === 'string' ? variant.operation.schema.getType(sent) : undefined);
  return (object, value) => {
    const named = typeOf(own(value, alias));
    const type = isObjectType(named) ? named : (typeOf(own(value, '__typename')) ?? named ?? parent);
    if (!isObjectType(type)) return false;
    put(object, name, type.name);
    return true;
  };
}

function compileIntrospection({ variant, introspect }: CompletionOptions, field: ResponseField): SetField {
  const read = introspect(variant.operation, field);
  return (object, _, { variables }) => {
    put(object, field.name, read(variables));
    return true;
  };
}

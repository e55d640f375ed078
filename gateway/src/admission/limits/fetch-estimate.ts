import { findDirectives } from '@marquee/chassis/graphql/directives';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  getNamedType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../../engine/document-definitions.js';

/**
 * A lower bound of the fetches that the plan of an operation makes, from its document alone, because planning an
 * operation of hundreds of fetches takes seconds. A field needs a fetch if no subgraph that resolves it can have resolved
 * its parent. Fields share a fetch if one subgraph resolves all of them, and everything between them and one object
 * above. Of the two values of a condition's variable the one with more fetches counts, as in a plan; fields below
 * conditions of several variables do not count.
 */
export function estimateFetches(
  supergraph: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): number {
  const root = supergraph.getRootType(operation.operation);
  if (!root) return 0;
  const collector = new NeedCollector(supergraph, document);
  const parts = [{ set: operation.selectionSet, types: new Set([root.name]), conditions: [] }];
  collector.visit({ parts, path: '', available: new Set(), anchors: new Map() });
  return countDisjoint(collector.needs);
}

/** The names of subgraphs; undefined if they are unknown. */
type Subgraphs = ReadonlySet<string> | undefined;

/** A value of the variable of `@skip` or `@include` for which a field is selected. */
interface Condition {
  variable: string;
  value: boolean;
}

/** A fetch that an operation needs. */
interface Need {
  /** The fetches that can serve it: by the path of an object and a subgraph. */
  fetches: readonly string[];
  conditions: readonly Condition[];
}

/** A selection set with the object types that it applies to. */
interface Part {
  set: SelectionSetNode;
  types: ReadonlySet<string>;
  conditions: readonly Condition[];
}

interface ObjectSelection {
  parts: readonly Part[];
  path: string;
  /** The subgraphs that can have resolved the object without another fetch. */
  available: Subgraphs;
  /** By subgraph, the path of the highest object from which it resolves everything down to this one. */
  anchors: ReadonlyMap<string, string>;
}

/** All selections of one response name of an object. */
interface SelectedField {
  parts: Part[];
  subgraphs: Subgraphs;
  conditions: readonly Condition[];
}

class NeedCollector {
  readonly needs: Need[] = [];
  readonly #fragments: ReturnType<typeof fragmentsOf>;

  constructor(
    private readonly supergraph: GraphQLSchema,
    document: DocumentNode,
  ) {
    this.#fragments = fragmentsOf(document);
  }

  visit({ parts, path, available, anchors }: ObjectSelection): void {
    const fields = new Map<string, SelectedField>();
    for (const { set, types, conditions } of parts) {
      const possible = new Set([...types].filter((type) => this.#canBeIn(type, available)));
      for (const selection of set.selections) this.#collect(selection, possible, conditions, fields);
    }
    for (const [name, { parts: below, subgraphs, conditions }] of fields) {
      const common = intersection(available, subgraphs);
      const anchorsBelow = new Map([...(subgraphs ?? [])].map((one) => [one, anchors.get(one) ?? path]));
      const isMissing = subgraphs !== undefined && common?.size === 0;
      if (isMissing) this.needs.push({ fetches: [...anchorsBelow].map(([one, at]) => `${at}|${one}`), conditions });
      if (below.length === 0) continue;
      const availableBelow = isMissing ? subgraphs : common;
      this.visit({ parts: below, path: `${path}.${name}`, available: availableBelow, anchors: anchorsBelow });
    }
  }

  #collect(
    selection: SelectionNode,
    types: ReadonlySet<string>,
    around: readonly Condition[],
    fields: Map<string, SelectedField>,
  ): void {
    const own = conditionsOf(selection.directives);
    if (!own || types.size === 0) return;
    const conditions = [...around, ...own];
    if (selection.kind === Kind.FIELD) return this.#add(selection, types, conditions, fields);
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
    const condition = fragment?.typeCondition?.name.value;
    const narrowed = condition === undefined ? types : intersection(types, possibleTypes(this.supergraph, condition));
    for (const child of fragment?.selectionSet.selections ?? [])
      this.#collect(child, narrowed ?? types, conditions, fields);
  }

  #add(
    { name, alias, selectionSet: set }: FieldNode,
    types: ReadonlySet<string>,
    conditions: readonly Condition[],
    fields: Map<string, SelectedField>,
  ): void {
    const resolved = [...types].map((type) => resolvedField(this.supergraph, type, name.value));
    const subgraphs = resolved.map((one) => one.subgraphs).reduce(union);
    const typesBelow = new Set(resolved.flatMap((one) => [...one.types]));
    const parts = set && typesBelow.size > 0 ? [{ set, types: typesBelow, conditions }] : [];
    const responseName = (alias ?? name).value;
    const known = fields.get(responseName);
    if (!known) fields.set(responseName, { parts, subgraphs, conditions });
    else {
      known.parts.push(...parts);
      known.subgraphs = union(known.subgraphs, subgraphs);
      if (conditions.length < known.conditions.length) known.conditions = conditions;
    }
  }

  /** Whether one of the subgraphs knows the type, so that it can have resolved an object of it. */
  #canBeIn(type: string, available: Subgraphs): boolean {
    const known = subgraphsIn(findDirectives(this.supergraph.getType(type), 'join__type'));
    return !available?.size || !known || (intersection(known, available)?.size ?? 1) > 0;
  }
}

/** The number of needs of which no two can be served by one fetch. */
function countDisjoint(needs: readonly Need[]): number {
  const served = new Set<string>();
  const conditional = new Map<string, { true: number; false: number }>();
  let unconditional = 0;
  // Unconditional needs come first: a conditional one shares their fetches.
  for (const { fetches, conditions } of needs.toSorted(
    (one, other) => one.conditions.length - other.conditions.length,
  )) {
    if (fetches.some((fetch) => served.has(fetch))) continue;
    for (const fetch of fetches) served.add(fetch);
    const [first] = conditions;
    if (!first) unconditional += 1;
    else if (conditions.every(({ variable, value }) => variable === first.variable && value === first.value)) {
      const branches = getOrCreate(conditional, first.variable, () => ({ true: 0, false: 0 }));
      branches[`${first.value}`] += 1;
    }
  }
  return [...conditional.values()].reduce((sum, one) => sum + Math.max(one.true, one.false), unconditional);
}

/** The conditions of a selection; undefined if it is never selected. */
function conditionsOf(directives: readonly DirectiveNode[] = []): Condition[] | undefined {
  const conditions: Condition[] = [];
  for (const { name, arguments: args } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    const value = args?.find((argument) => argument.name.value === 'if')?.value;
    const selectedIf = name.value === 'include';
    if (value?.kind === Kind.VARIABLE) conditions.push({ variable: value.name.value, value: selectedIf });
    if (value?.kind === Kind.BOOLEAN && value.value !== selectedIf) return undefined;
  }
  return conditions;
}

interface ResolvedField {
  subgraphs: Subgraphs;
  /** The object types that the field can return. */
  types: ReadonlySet<string>;
}

const resolvedFields = new WeakMap<GraphQLSchema, Map<string, ResolvedField>>();

/** A field of an object type. */
function resolvedField(supergraph: GraphQLSchema, type: string, field: string): ResolvedField {
  const known = getOrCreate(resolvedFields, supergraph, () => new Map<string, ResolvedField>());
  return getOrCreate(known, `${type}.${field}`, () => readField(supergraph, type, field));
}

function readField(supergraph: GraphQLSchema, typeName: string, fieldName: string): ResolvedField {
  const type = supergraph.getType(typeName);
  const definition = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  if (!definition) return { subgraphs: undefined, types: new Set() };
  const own = findDirectives(definition, 'join__field');
  const subgraphs = subgraphsIn(own.length > 0 ? own : findDirectives(type, 'join__type'));
  const { name } = getNamedType(definition.type);
  const types = [...possibleTypes(supergraph, name)].filter((one) => canReturn(supergraph, subgraphs, name, one));
  return { subgraphs, types: new Set(types) };
}

/** Whether one of the subgraphs can return an object of a type for a field of an interface or a union. */
function canReturn(supergraph: GraphQLSchema, subgraphs: Subgraphs, abstractName: string, typeName: string): boolean {
  const [abstractType, type] = [supergraph.getType(abstractName), supergraph.getType(typeName)];
  if (!subgraphs || !isAbstractType(abstractType)) return true;
  const isKnownIn = ({ graph }: Readonly<Record<string, unknown>>) => subgraphs.has(String(graph));
  if (isUnionType(abstractType))
    return findDirectives(abstractType, 'join__unionMember').some(
      (one) => one['member'] === typeName && isKnownIn(one),
    );
  const isInterfaceObject = findDirectives(abstractType, 'join__type').some(
    (one) => one['isInterfaceObject'] === true && isKnownIn(one),
  );
  const implemented = findDirectives(type, 'join__implements');
  return isInterfaceObject || implemented.some((one) => one['interface'] === abstractName && isKnownIn(one));
}

/** The object types that are, or belong to, a type. */
function possibleTypes(supergraph: GraphQLSchema, typeName: string): ReadonlySet<string> {
  const type = supergraph.getType(typeName);
  if (isAbstractType(type)) return new Set(supergraph.getPossibleTypes(type).map(({ name }) => name));
  return new Set(isObjectType(type) ? [typeName] : []);
}

/** Undefined without directives, and if one of them names no subgraph. */
function subgraphsIn(directives: readonly Readonly<Record<string, unknown>>[]): Subgraphs {
  const names = directives.map(({ graph }) => graph);
  if (names.length === 0) return undefined;
  return names.every((name) => typeof name === 'string') ? new Set(names) : undefined;
}

function union(one: Subgraphs, other: Subgraphs): Subgraphs {
  return one && other && new Set([...one, ...other]);
}

/** Undefined if one of them is unknown. */
function intersection(one: Subgraphs, other: Subgraphs): Subgraphs {
  return one && other && new Set([...one].filter((name) => other.has(name)));
}

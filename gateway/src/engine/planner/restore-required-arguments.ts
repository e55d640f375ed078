import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  type DocumentNode,
  type FieldNode,
  Kind,
  parse,
  print,
  type SelectionNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { mapChildren } from './plan-nodes.js';
import { requirementKey, type RequiredArguments } from './required-arguments.js';

/**
 * Writes the real fields back into a plan that was made with stand-ins for required fields with arguments.
 *
 * A fetch that sends two values of one field is split, for an entity representation has room for one of them.
 */
export function restoreRequiredArguments(plan: QueryPlan, required: RequiredArguments): QueryPlan {
  if (required.standIns.size === 0 || !plan.node) return plan;
  if (plan.node.kind !== 'Subscription') return { ...plan, node: restoreNode(plan.node, required) };
  const { primary, rest } = plan.node;
  const restored = restoreFetch(primary, required);
  return { ...plan, node: { ...plan.node, primary: restored, ...(rest && { rest: restoreNode(rest, required) }) } };
}

function restoreNode(node: PlanNode, required: RequiredArguments): PlanNode {
  if (node.kind !== 'Fetch') return mapChildren(node, (child) => restoreNode(child, required));
  return inParallel(splitFetch(node, required).map((fetch) => restoreFetch(fetch, required)));
}

function inParallel(nodes: readonly FetchNode[]): PlanNode {
  const [only, ...others] = nodes as [FetchNode, ...FetchNode[]];
  return others.length === 0 ? only : { kind: 'Parallel', nodes: [...nodes] };
}

/** The fields of one entity fetch that may share a representation, and the stand-ins that they require. */
interface Group {
  fields: Set<FieldNode>;
  standIns: Set<string>;
}

function splitFetch(node: FetchNode, required: RequiredArguments): FetchNode[] {
  const sent = standInsIn(node.requires ?? [], required);
  if (!hasConflict(sent, required)) return [node];
  const document = parse(node.operation, { noLocation: true });
  // Deferred parts that depend on the fetch by its id wait for all fetches around them instead.
  const { id: _, ...rest } = node;
  return groupsOf(node, document, required).map((group) => ({
    ...rest,
    requires: withoutStandIns(node.requires ?? [], (name) => sent.has(name) && !group.standIns.has(name)),
    operation: stripIgnoredCharacters(print(onlyFields(document, group))),
  }));
}

function groupsOf({ serviceName }: FetchNode, document: DocumentNode, required: RequiredArguments): Group[] {
  const groups: Group[] = [];
  for (const field of entityFields(document)) {
    const standIns = required.requiredBy.get(requirementKey(serviceName, field.name.value)) ?? new Set<string>();
    const group = groups.find((one) => !hasConflict(new Set([...one.standIns, ...standIns]), required));
    const { fields, standIns: known } = group ?? { fields: new Set(), standIns: new Set() };
    if (!group) groups.push({ fields, standIns: known });
    fields.add(field);
    for (const name of standIns) known.add(name);
  }
  return groups;
}

function hasConflict(names: ReadonlySet<string>, { standIns }: RequiredArguments): boolean {
  return new Set([...names].map((name) => standIns.get(name)?.name)).size < names.size;
}

/** The fields that are selected on the entities themselves, apart from `__typename`. */
function entityFields(document: DocumentNode): FieldNode[] {
  const fields: FieldNode[] = [];
  const walk = (selections: readonly SelectionNode[]): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD && selection.name.value !== '__typename') fields.push(selection);
      if (selection.kind === Kind.INLINE_FRAGMENT) walk(selection.selectionSet.selections);
    }
  };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const root of definition.selectionSet.selections)
      if (root.kind === Kind.FIELD) walk(root.selectionSet?.selections ?? []);
  }
  return fields;
}

function onlyFields(document: DocumentNode, { fields }: Group): DocumentNode {
  const others = new Set(entityFields(document).filter((field) => !fields.has(field)));
  const reduced = visit(document, {
    Field: (node) => (others.has(node) ? null : undefined),
    InlineFragment: { leave: (node) => (node.selectionSet.selections.length === 0 ? null : undefined) },
  });
  const used = variablesIn(reduced);
  return visit(reduced, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? false : null),
  });
}

function variablesIn(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, { VariableDefinition: () => false, Variable: ({ name }) => void names.add(name.value) });
  return names;
}

function standInsIn(selections: readonly QueryPlanSelectionNode[], { standIns }: RequiredArguments): Set<string> {
  const names = selections.flatMap((selection) => {
    const below = [...standInsIn(selection.selections ?? [], { standIns, requiredBy: new Map() })];
    return selection.kind === 'Field' && standIns.has(selection.name) ? [...below, selection.name] : below;
  });
  return new Set(names);
}

/** Without the stand-ins that another fetch sends, and without the objects that are empty then. */
function withoutStandIns(
  selections: readonly QueryPlanSelectionNode[],
  isOther: (name: string) => boolean,
): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === 'Field' && isOther(selection.name)) return [];
    if (!selection.selections) return [selection];
    const below = withoutStandIns(selection.selections, isOther);
    return below.length === 0 ? [] : [{ ...selection, selections: below }];
  });
}

/** The field is requested under the name of its stand-in, and sent in representations under its own. */
function restoreFetch(node: FetchNode, { standIns }: RequiredArguments): FetchNode {
  const requires = node.requires && restoreSelections(node.requires, { standIns });
  const names = [...standIns.keys()].filter((name) => node.operation.includes(name));
  if (names.length === 0) return requires ? { ...node, requires } : node;
  const document = visit(parse(node.operation, { noLocation: true }), {
    Field(field) {
      const standIn = standIns.get(field.name.value);
      const alias = field.alias ?? field.name;
      return (
        standIn && { ...field, alias, name: { kind: Kind.NAME, value: standIn.name }, arguments: standIn.arguments }
      );
    },
  });
  return { ...node, ...(requires && { requires }), operation: stripIgnoredCharacters(print(document)) };
}

function restoreSelections(
  selections: readonly QueryPlanSelectionNode[],
  required: Pick<RequiredArguments, 'standIns'>,
): QueryPlanSelectionNode[] {
  return selections.map((selection): QueryPlanSelectionNode => {
    const below = selection.selections && { selections: restoreSelections(selection.selections, required) };
    if (selection.kind === 'InlineFragment') return { ...selection, ...below };
    const standIn = required.standIns.get(selection.name);
    return { ...selection, ...below, ...(standIn && { alias: selection.name, name: standIn.name }) };
  });
}

import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  print,
  type TypeNode,
} from 'graphql';
import { type Element, type Elements, elementsOf, fieldsOf, isTypeLike, subtypesOf, typesOf } from './sdl-elements.js';
import { acceptsInput, isValidOutput } from './type-compatibility.js';

/**
 * The elements that must change in the supergraph before a service is replaced: those that the next SDL lacks, and those
 * whose type it narrows, such as an output that becomes nullable or an argument that becomes required.
 */
export function removedElements(before: string, after: string): string[] {
  const kept = elementsOf(parse(after));
  const removed = [...elementsOf(parse(before)).keys()].filter((coordinate) => !kept.has(coordinate));
  return [...removed, ...narrowedTypes(before, after).keys()];
}

/** An SDL without the elements that another one lacks, and with its narrower types: what services with both can serve. */
export function withoutRemoved(before: string, after: string): string {
  const document = parse(before);
  const next = parse(after);
  const keys = new Set(typesOf(next).flatMap(({ name, directives = [] }) => directives.map(keyOf(name.value))));
  const kept = { elements: elementsOf(next), types: narrowedTypes(before, after), keys };
  return `${print({ ...document, definitions: document.definitions.flatMap((one) => reduce(one, kept)) })}\n`;
}

/** The types of the second SDL which the first service serves too, but not the other way round, by coordinate. */
function narrowedTypes(before: string, after: string): ReadonlyMap<string, TypeNode> {
  const [former, next] = [parse(before), parse(after)];
  const isSubtype = subtypesOf(former);
  const serves = (served: Element, published: Element) => {
    if (!served.type || !published.type) return true;
    if (published.direction === 'output') return isValidOutput(served.type, published.type, isSubtype);
    return acceptsInput(accepted(served, served.type), published.type);
  };
  const elements = elementsOf(next);
  return new Map(
    [...elementsOf(former).values()].flatMap((element) => {
      const found = elements.get(element.coordinate);
      if (!found?.type || serves(found, element) || !serves(element, found)) return [];
      return [[element.coordinate, found.type] as const];
    }),
  );
}

/** An argument with a default value may be left out, whatever its type is. */
function accepted({ isRequired }: Element, type: TypeNode): TypeNode {
  return type.kind === Kind.NON_NULL_TYPE && !isRequired ? type.type : type;
}

interface Kept {
  elements: Elements;
  types: ReadonlyMap<string, TypeNode>;
  keys: ReadonlySet<string>;
}

/** Removes the elements of a definition that are not kept; no definition if it is not kept itself. */
function reduce(definition: DefinitionNode, kept: Kept): DefinitionNode[] {
  if (!isTypeLike(definition) || /^_|__/.test(definition.name.value)) return [definition];
  const name = definition.name.value;
  if (!kept.elements.has(name)) return [];
  const isKept = (node: { name: { value: string } }) => kept.elements.has(`${name}.${node.name.value}`);
  const isKnown = (directive: ConstDirectiveNode) =>
    directive.name.value !== 'key' || kept.keys.has(keyOf(name)(directive));
  const reduced: Record<string, unknown> = { ...definition, directives: definition.directives?.filter(isKnown) };
  if ('interfaces' in definition)
    reduced['interfaces'] = definition.interfaces?.filter((one) => kept.elements.has(one.name.value));
  if ('values' in definition) reduced['values'] = definition.values?.filter(isKept);
  if ('types' in definition) reduced['types'] = definition.types?.filter(isKept);
  if ('fields' in definition)
    reduced['fields'] = fieldsOf(definition)
      .filter(isKept)
      .map((field) => reduceField(field, `${name}.${field.name.value}`, kept));
  return [reduced as unknown as DefinitionNode];
}

function reduceField<Field extends FieldDefinitionNode | InputValueDefinitionNode>(
  field: Field,
  coordinate: string,
  kept: Kept,
): Field {
  const type = kept.types.get(coordinate) ?? field.type;
  if (field.kind === Kind.INPUT_VALUE_DEFINITION || !field.arguments) return { ...field, type };
  const parameters = field.arguments
    .filter(({ name }) => kept.elements.has(`${coordinate}.${name.value}`))
    .map((argument) => reduceField(argument, `${coordinate}.${argument.name.value}`, kept));
  return { ...field, type, arguments: parameters };
}

function keyOf(type: string): (directive: ConstDirectiveNode) => string {
  return (directive) => `${type} ${print(directive)}`;
}

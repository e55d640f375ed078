import { parse } from 'graphql';
import { hasFile, readText } from './files.mjs';

const schema = 'schema/api.graphql';

/** Every type, field, argument, enum value and input field of the public schema has a description. */
export function checkDescriptions({ root }) {
  if (!hasFile(root, schema)) return [];
  const elements = parse(readText(root, schema)).definitions.flatMap(elementsOf);
  return elements
    .filter(({ node }) => !node.description?.value.trim())
    .map(({ node, name }) => ({
      file: schema,
      line: node.loc.startToken.line,
      text: name,
      instead: 'describe it where the service defines it, then run `npm run schema`',
    }));
}

/** The root types, which type-graphql generates without a place for a description. */
const rootTypes = new Set(['Query', 'Mutation', 'Subscription']);

function elementsOf(definition) {
  if (!definition.kind.endsWith('TypeDefinition')) return [];
  const name = definition.name.value;
  const fields = definition.fields ?? [];
  return [
    ...(rootTypes.has(name) ? [] : [{ node: definition, name }]),
    ...fields.map((node) => ({ node, name: `${name}.${node.name.value}` })),
    ...fields.flatMap((field) => (field.arguments ?? []).map((node) => argumentOf(name, field, node))),
    ...(definition.values ?? []).map((node) => ({ node, name: `${name}.${node.name.value}` })),
  ];
}

function argumentOf(type, field, node) {
  return { node, name: `${type}.${field.name.value}(${node.name.value})` };
}

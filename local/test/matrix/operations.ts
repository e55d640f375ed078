import { readFile } from 'node:fs/promises';
import { buildSchema, type GraphQLSchema, Kind, parse } from 'graphql';
import { schemaFile } from '../fixtures/whole-graph.js';

/** What clients see of the graph. */
export async function apiSchema(): Promise<GraphQLSchema> {
  return buildSchema(await readFile(schemaFile('api'), 'utf8'));
}

/** The queries and mutations that clients see, each with the service that answers it. */
export async function operations(): Promise<Map<string, string>> {
  const api = await apiSchema();
  const visible = [api.getQueryType(), api.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((name) => `${type?.name}.${name}`),
  );
  const owners = await ownersOfFields();
  return new Map(visible.map((field) => [field, owners.get(field) ?? 'no service']));
}

/** What composition wrote down: `Query.me` is answered by users. */
async function ownersOfFields(): Promise<Map<string, string>> {
  const { definitions } = parse(await readFile(schemaFile('supergraph'), 'utf8'));
  const owners = new Map<string, string>();
  for (const type of definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    for (const { name, directives } of type.fields ?? []) {
      const join = directives?.find((directive) => directive.name.value === 'join__field');
      const graph = join?.arguments?.find((argument) => argument.name.value === 'graph')?.value;
      if (graph?.kind === Kind.ENUM) owners.set(`${type.name.value}.${name.value}`, graph.value.toLowerCase());
    }
  }
  return owners;
}

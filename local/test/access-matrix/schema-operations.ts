import { readFile } from 'node:fs/promises';
import { buildSchema, type GraphQLSchema, Kind, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { schemaFile } from '../fixtures/whole-graph.js';
import type { Row } from './row.js';

/** The public schema. */
export async function apiSchema(): Promise<GraphQLSchema> {
  return buildSchema(await readFile(schemaFile('api'), 'utf8'));
}

/** The public queries and mutations with their services. */
export async function operations(): Promise<Map<string, string>> {
  const api = await apiSchema();
  const visible = [api.getQueryType(), api.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((name) => `${type?.name}.${name}`),
  );
  const owners = await ownersOfFields();
  return new Map(visible.map((field) => [field, owners.get(field) ?? 'no service']));
}

/** The types of which the rows select a field. */
export function typesIn(rows: readonly Pick<Row, 'document'>[], api: GraphQLSchema): ReadonlySet<string> {
  const [found, types] = [new Set<string>(), new TypeInfo(api)];
  const visitor = visitWithTypeInfo(types, { Field: () => void found.add(types.getParentType()?.name ?? '') });
  for (const { document } of rows) visit(parse(document), visitor);
  return found;
}

/** The owning service of each field, from the `join__field` directives of the supergraph. */
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

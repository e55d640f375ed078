import { findDirectives } from '@marquee/chassis/graphql/directives';
import { type DocumentNode, Kind, type ObjectTypeDefinitionNode, parse } from 'graphql';

/** The URL by which a gateway recognises the subgraph: it answers its fetches itself. */
const nodeUrl = 'internal:node';

interface Service {
  name: string;
  url: string;
  typeDefs: DocumentNode;
}

/**
 * Adds the subgraph with `Query.node` and `Query.nodes`, if a service has types that implement `Node`. Only these can be
 * read by id alone: a type that is added later is not among them until its service says so.
 */
export function withNodeSubgraph(services: readonly Service[]): Service[] {
  const references = new Map(services.flatMap(({ typeDefs }) => nodeTypes(typeDefs)).map(toReference));
  if (references.size === 0) return [...services];
  const sdl = nodeSdl([...references.values()].sort());
  return [...services, { name: 'node', url: nodeUrl, typeDefs: parse(sdl) }];
}

function nodeTypes({ definitions }: DocumentNode): ObjectTypeDefinitionNode[] {
  return definitions
    .filter((one): one is ObjectTypeDefinitionNode => one.kind === Kind.OBJECT_TYPE_DEFINITION)
    .filter(({ interfaces = [] }) => interfaces.some(({ name }) => name.value === 'Node'));
}

/** The id of a type without the key `id` is the value of its first key, such as the slug of a show. */
function toReference(type: ObjectTypeDefinitionNode): [name: string, sdl: string] {
  const name = type.name.value;
  const keys = findDirectives(type, 'key').map(({ fields }) => String(fields));
  if (keys.includes('id'))
    return [name, `type ${name} implements Node @key(fields: "id", resolvable: false) { id: ID! }`];
  const [key = 'id'] = keys;
  const fields = `{ id: ID! @shareable ${key}: ID! }`;
  return [name, `type ${name} implements Node @key(fields: "${key}", resolvable: false) ${fields}`];
}

/** The weights cover the requests to the services that may have the object. */
function nodeSdl(references: readonly string[]): string {
  return `
    extend schema
      @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@cost", "@listSize"])

    interface Node { id: ID! }

    ${references.join('\n')}

    type Query {
      "Any object by its id alone, for clients that read an object again. Null if it does not exist or the caller may not see it."
      node("Id of the object." id: ID!): Node @cost(weight: 20)

      "Several objects by their ids, in this order. An entry is null if its object does not exist or the caller may not see it. BAD_USER_INPUT for more than 50 ids."
      nodes("The ids of up to 50 objects." ids: [ID!]!): [Node] @cost(weight: 500) @listSize(assumedSize: 50)
    }`;
}

import { type DocumentNode, type FieldNode, Kind, type OperationDefinitionNode, parse } from 'graphql';

/** The document of a fetch, with its root fields. */
export interface FetchDocument {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  roots: readonly FetchRoot[];
}

export interface FetchRoot {
  /** The response name. */
  name: string;
  field: FieldNode;
  /** The variable of the representations, if it is an `_entities` field. */
  representations: string | undefined;
}

const cache = new Map<string, FetchDocument>();
const maxCached = 1_000;

/** Parses the document of a fetch. Documents are cached. */
export function parseFetch(query: string): FetchDocument {
  const known = cache.get(query);
  if (known) return known;
  const document = parse(query, { noLocation: true });
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error(`The document of a fetch has no operation: ${query}`);
  const parsed = { document, operation, roots: rootsOf(document, operation.selectionSet.selections) };
  if (cache.size >= maxCached) cache.clear();
  cache.set(query, parsed);
  return parsed;
}

function rootsOf(
  document: DocumentNode,
  selections: OperationDefinitionNode['selectionSet']['selections'],
): FetchRoot[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [rootOf(selection)];
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootsOf(document, selection.selectionSet.selections);
    const fragment = document.definitions.find(
      (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value,
    );
    return fragment && 'selectionSet' in fragment ? rootsOf(document, fragment.selectionSet.selections) : [];
  });
}

function rootOf(field: FieldNode): FetchRoot {
  const value = field.name.value === '_entities' ? field.arguments?.[0]?.value : undefined;
  const representations = value?.kind === Kind.VARIABLE ? value.name.value : undefined;
  return { name: (field.alias ?? field.name).value, field, representations };
}

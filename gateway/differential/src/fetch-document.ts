import { type DocumentNode, type FieldNode, Kind, type OperationDefinitionNode, parse } from 'graphql';

/** The document of a fetch, with the fields that it asks the subgraph's root for. */
export interface FetchDocument {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  roots: readonly FetchRoot[];
}

export interface FetchRoot {
  /** What the field is called in the answer. */
  name: string;
  field: FieldNode;
  /** The variable that holds the representations, when it asks for entities. */
  representations: string | undefined;
}

const kept = new Map<string, FetchDocument>();
const keptAtMost = 1_000;

/** Parses the document of a fetch, once for those that come again. */
export function readFetch(query: string): FetchDocument {
  const known = kept.get(query);
  if (known) return known;
  const document = parse(query, { noLocation: true });
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error(`no operation: ${query}`);
  const read = { document, operation, roots: rootsOf(document, operation.selectionSet.selections) };
  if (kept.size >= keptAtMost) kept.clear();
  kept.set(query, read);
  return read;
}

function rootsOf(
  document: DocumentNode,
  selections: OperationDefinitionNode['selectionSet']['selections'],
): FetchRoot[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [root(selection)];
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootsOf(document, selection.selectionSet.selections);
    const fragment = document.definitions.find(
      (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value,
    );
    return fragment && 'selectionSet' in fragment ? rootsOf(document, fragment.selectionSet.selections) : [];
  });
}

function root(field: FieldNode): FetchRoot {
  const value = field.name.value === '_entities' ? field.arguments?.[0]?.value : undefined;
  const representations = value?.kind === Kind.VARIABLE ? value.name.value : undefined;
  return { name: (field.alias ?? field.name).value, field, representations };
}

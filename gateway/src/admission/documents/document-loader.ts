import { badInput, requestFault } from '@marquee/chassis/errors/errors';
import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Graph } from '../../engine/graph.js';
import { measureDocument, FragmentCycleError } from '../limits/document-size.js';
import { countOverlaps } from '../limits/field-overlaps.js';
import type { GuardSettings } from '../../guard-settings.js';

/** A document that a client sent, read once for all who send it. */
export interface LoadedDocument {
  /** `{ __typename }` where there are faults that keep it from being run or even looked at. */
  document: DocumentNode;
  /** What is wrong with it whatever its variables are; nothing, as a rule. */
  faults: readonly GraphQLError[];
}

type Limits = Pick<
  GuardSettings,
  'GUARD_TOKENS' | 'GUARD_DEPTH' | 'GUARD_ALIASES' | 'GUARD_ROOT_FIELDS' | 'GUARD_DIRECTIVES'
>;

/**
 * Documents that are remembered, by graph: so many, and of so many characters together. A document that was read takes
 * up to 150 times the room of its text.
 */
const remembered = { max: 2_000, maxSize: 512 * 1024 };

/** Pairs of fields with the same place in an answer: validation compares each. */
const overlapLimit = 5_000;

/**
 * Reads documents against a graph. What is too large is refused before anyone looks at what it asks for. Those that are
 * new take turns, so that a hundred of them do not hold up one that is known.
 * @param noted hears of every document that is right, once
 */
export function createDocumentLoader(
  limits: Limits,
  noted: (document: DocumentNode, text: string) => void = () => undefined,
): (graph: Graph, text: string) => LoadedDocument | Promise<LoadedDocument> {
  const graphs = new WeakMap<Graph, Known>();
  return (graph, text) => {
    const known = graphs.get(graph) ?? nothingKnown();
    graphs.set(graph, known);
    return known.read.get(text) ?? known.reading.get(text) ?? begun(graph, text, known);
  };

  function begun(graph: Graph, text: string, { read, reading }: Known): Promise<LoadedDocument> {
    const first = fresh(graph, text).then((found) => {
      if (found.faults.length === 0) noted(found.document, text);
      read.set(text, found);
      return found;
    });
    reading.set(text, first);
    return first.finally(() => reading.delete(text));
  }

  async function fresh(graph: Graph, text: string): Promise<LoadedDocument> {
    await graph.throttle.nextSlot();
    const sized = sizedDocument(text, limits);
    if (sized.faults.length > 0) return sized;
    const faults = await graph.validate(sized.document);
    return { document: faults.length > 0 ? placeholder : sized.document, faults };
  }
}

/** What of a graph's documents is known. */
interface Known {
  read: LRUCache<string, LoadedDocument>;
  /** Those that are being read: whoever sends the same waits for that. */
  reading: Map<string, Promise<LoadedDocument>>;
}

function nothingKnown(): Known {
  return {
    read: new LRUCache({ ...remembered, sizeCalculation: (_, text) => text.length + 1 }),
    reading: new Map(),
  };
}

const placeholder = parse('{ __typename }', { noLocation: true });

/** A document that is not too large; whether it fits anything is not looked at. */
function sizedDocument(text: string, limits: Limits): LoadedDocument {
  try {
    const document = parse(text, { maxTokens: limits.GUARD_TOKENS });
    const faults = sizeFaults(document, limits);
    return { document: faults.length > 0 ? placeholder : document, faults };
  } catch (failure) {
    if (failure instanceof GraphQLError) return { document: placeholder, faults: [requestFault(failure)] };
    throw failure;
  }
}

function sizeFaults(document: DocumentNode, limits: Limits): GraphQLError[] {
  try {
    const faults = new Set(measureDocument(document).flatMap((one) => excesses(one, limits)));
    if (faults.size === 0 && countOverlaps(document) > overlapLimit)
      faults.add('the same fields are asked for too often');
    return [...faults].map((message) => badInput({ path: 'query', message }));
  } catch (failure) {
    if (failure instanceof FragmentCycleError) return [badInput({ path: 'query', message: failure.message })];
    throw failure;
  }
}

function excesses(one: ReturnType<typeof measureDocument>[number], limits: Limits): string[] {
  const bounds: [name: string, value: number, limit: number][] = [
    ['levels of fields', one.depth, limits.GUARD_DEPTH],
    ['aliases', one.aliases, limits.GUARD_ALIASES],
    ['root fields', one.rootFields, limits.GUARD_ROOT_FIELDS],
    ['directives', one.directives, limits.GUARD_DIRECTIVES],
    ['fields, its fragments written out', one.selections, limits.GUARD_TOKENS],
  ];
  return bounds
    .filter(([, value, limit]) => value > limit)
    .map(([name, value, limit]) => `an operation has at most ${limit} ${name}; this one has ${value}`);
}

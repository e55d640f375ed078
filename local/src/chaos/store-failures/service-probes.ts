import type { Fleet } from '../../fleet/fleet.js';
import { admin, type Conversation, type DrillUser, retryUntilAnswered } from '../drill-users.js';
import { sendOnce, sendRequest } from '../graphql-request.js';

/** A read and a write of one service, without fields of others, and a count of the stored writes. */
export interface ServiceProbe {
  service: string;
  /** Resolves with the error codes of the response; empty if it succeeded. */
  read(): Promise<string[]>;
  /** Writes a unique text once, without retries. */
  write(text: string): Promise<string[]>;
  /** How often each text is stored, for all texts that were written. */
  stored(): Promise<ReadonlyMap<string, number>>;
}

export function createProbes(fleet: Fleet, { token }: DrillUser, { id }: Conversation): ServiceProbe[] {
  const read = (query: string) => () => errorCodes(fleet, token, query);
  const write = (name: string, input: object) => errorCodes(fleet, token, mutation(name), { input });
  const stored = (path: readonly string[], text: string) => () => countTexts(fleet, token, { path, text });
  const conversation = `conversation(id: "${id}")`;
  return [
    {
      service: 'users',
      read: read('{ me { displayName } }'),
      write: (message) => write('postActivity', { message }),
      stored: stored(['me', 'activities'], 'message'),
    },
    {
      service: 'jobs',
      read: read('{ folders(first: 5) { edges { node { name } } } }'),
      write: (name) => write('createFolder', { name }),
      stored: stored(['folders'], 'name'),
    },
    {
      service: 'messaging',
      read: read(`{ ${conversation} { messages(last: 5) { edges { node { body } } } } }`),
      write: (body) => write('sendMessage', { conversationId: id, body }),
      stored: stored([conversation, 'messages'], 'body'),
    },
    showsProbe(fleet, read, stored),
  ];
}

function showsProbe(
  fleet: Fleet,
  read: (query: string) => ServiceProbe['read'],
  stored: (path: readonly string[], text: string) => ServiceProbe['stored'],
): ServiceProbe {
  return {
    service: 'shows',
    read: read('{ shows(first: 5) { edges { node { title } } } }'),
    write: (title) => importShow(fleet, title),
    stored: stored(['shows'], 'title'),
  };
}

/** Sends an operation once. @returns the codes of its errors */
async function errorCodes({ url }: Fleet, token: string, query: string, variables: object = {}): Promise<string[]> {
  const { errors = [] } = await sendOnce(url, token, query, variables);
  return errors.map(({ extensions }) => extensions.code);
}

/** A show that is not new counts as failed: its slug is unique, so an earlier attempt has stored it. */
async function importShow({ url }: Fleet, title: string): Promise<string[]> {
  const input = { payload: [{ slug: `show/${title.replaceAll(' ', '-')}`, title }] };
  const { data, errors = [] } = await sendOnce<ImportData>(url, admin, mutation('importShows', importResults), {
    input,
  });
  const outcomes = data?.importShows?.results.map(({ __typename }) => __typename) ?? [];
  return [...errors.map(({ extensions }) => extensions.code), ...outcomes.filter((name) => name !== 'ShowCreated')];
}

const importResults = 'results { __typename }';

interface ImportData {
  importShows: { results: { __typename: string }[] } | null;
}

function mutation(name: string, selection = '__typename'): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  return `mutation ($input: ${type}) { ${name}(input: $input) { ${selection} } }`;
}

/** A connection, and the field of its nodes with the unique text. */
interface Listing {
  path: readonly string[];
  text: string;
}

/** Reads a connection page by page. */
async function countTexts(fleet: Fleet, token: string, { path, text }: Listing): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let after: string | null = null; ;) {
    const query: string = pageQuery(path, text, after);
    const data = await retryUntilAnswered(() => sendRequest<object>(fleet.url, token, query));
    const { edges, pageInfo } = pageIn(data);
    for (const { node } of edges) counts.set(node[text] ?? '', (counts.get(node[text] ?? '') ?? 0) + 1);
    if (!pageInfo.hasNextPage) return counts;
    after = pageInfo.endCursor;
  }
}

function pageQuery(path: readonly string[], text: string, after: string | null): string {
  const [connection, ...parents] = path.toReversed();
  const selection = `${connection}(first: 100, after: ${JSON.stringify(after)}) {
    edges { node { ${text} } } pageInfo { hasNextPage endCursor }
  }`;
  return `{ ${parents.reduce((inner, parent) => `${parent} { ${inner} }`, selection)} }`;
}

/** The innermost object of a response with one field at each level. */
function pageIn(data: object): Page {
  return 'edges' in data ? (data as Page) : pageIn(Object.values(data)[0] as object);
}

interface Page {
  edges: { node: Record<string, string> }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

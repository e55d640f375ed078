import type { KnownKeys } from './hostile-values.js';

/** Reads ids and slugs that arguments can refer to, as one caller sees them. */
export async function readKnownKeys(url: string, token: string | undefined): Promise<KnownKeys> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: document }) });
  const text = await response.text();
  const ids = [...new Set([...text.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id ?? ''))];
  const folders = [...text.matchAll(/"folder":"([^"]+)"/g)].map(([, id]) => id ?? '');
  return {
    ids: {
      id: ids.length > 0 ? ids : ['none'],
      folderId: folders.length > 0 ? folders : ['none'],
      slug: ['show/bench1', 'show/bench2'],
      handle: ['person_1', 'person_2'],
    },
  };
}

const document = `{
  me { id }
  feed(first: 3) { edges { node { id author { id } } } }
  user(handle: "person_1") { id }
  jobs(first: 2) { edges { node { id } } }
  myJobs(first: 3) { edges { node { id } } }
  freelancers(first: 2) { edges { node { id } } }
  covers(first: 2) { edges { node { id } } }
  conversations(first: 2) { edges { node { id } } }
  folders(first: 2) { edges { node { folder: id id } } }
}`;

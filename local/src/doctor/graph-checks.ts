import type { Check, Finding } from './examination.js';

/** Milliseconds that the graph has to answer. */
const answerMs = 10_000;

/** The categories without which no job can be drafted and no profile submitted. */
export const requiredCategories = ['AUDIENCE', 'PROJECT_TYPE', 'STYLE'] as const;

/** The answer of a graph to an operation. */
export interface GraphAnswer {
  data: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string; service?: string } }[];
}

/** Sends an operation to a graph. @throws Error if it does not answer with GraphQL */
export async function queryGraph(url: string, query: string, token?: string): Promise<GraphAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(answerMs),
  });
  const text = await response.text();
  try {
    return JSON.parse(text) as GraphAnswer;
  } catch {
    throw new Error(`${url}/graphql answered ${response.status} without JSON`);
  }
}

/** Whether a guest gets data of every service that guests may query. */
export function answersCheck(url: string, remedy: string): Check {
  return {
    subject: 'graph',
    async examine() {
      const query =
        '{ shows(first: 1) { edges { cursor } } taxonomy(category: STYLE) { id } feed(first: 1) { edges { cursor } } }';
      const { errors } = await queryGraph(url, query);
      const [error] = errors ?? [];
      if (!error) return { found: `${url} answers a guest` };
      return { lack: `${url} answers a guest with the error "${error.message}"`, remedy };
    },
  };
}

/** Compares the number of active terms of each category with what people need. */
export function taxonomyFinding(active: ReadonlyMap<string, number>, remedy: string): Finding {
  const empty = requiredCategories.filter((category) => !active.get(category));
  if (empty.length > 0) return { lack: `no active term of the category ${empty.join(', ')}`, remedy };
  const total = [...active.values()].reduce((sum, count) => sum + count, 0);
  return { found: `${total} active terms in ${active.size} categories` };
}

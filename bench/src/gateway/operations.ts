import type { Operation } from '../clients/operation.js';

/** An operation that every gateway is measured with. */
export interface TitledOperation extends Operation {
  title: string;
  /** Requests at a time, where it differs from the other operations. */
  concurrency?: number;
}

const variants = 64;

export const operations: readonly TitledOperation[] = [
  {
    name: 'page',
    title: 'a page of four services, 14 kB',
    document: `query Page($page: Int!) {
      me { handle displayName unreadTotal }
      jobs(page: $page) {
        id title summary budget status createdAt poster { handle displayName bio verified }
        show { title genre country addedBy { displayName } }
      }
      conversations(page: $page) {
        id title lastMessage { body sentAt sender { handle displayName bio verified } } job { title status }
      }
      shows(page: $page) {
        slug title description episodeCount openJobs addedBy { handle displayName bio verified }
      }
    }`,
    variables: pages,
  },
  {
    name: 'field',
    title: 'one field',
    document: 'query Headline($page: Int!) { headline(page: $page) }',
    variables: pages,
  },
  {
    name: 'list',
    title: 'a list of 200 entities',
    document: 'query Members($page: Int!) { members(page: $page) { since user { handle displayName bio verified } } }',
    variables: (turn) => ({ page: turn % 8 }),
  },
  {
    name: 'mutation',
    title: 'a mutation',
    document: `mutation Send($body: String!) {
      sendMessage(body: $body) { id body sequence sender { handle displayName verified } }
    }`,
    variables: (turn) => ({ body: `message number ${turn % variants}` }),
  },
  {
    name: 'reviews',
    title: 'accounts, products and reviews, three levels',
    document: `query Reviews {
      accounts { id username name reviews { ...written } }
      topProducts { ...item reviews { ...written } }
    }
    fragment written on Review {
      id body
      author { id username name reviews { id body product { ...item reviews { id body author { id username name } } } } }
      product { ...item reviews { id body author { id username name } } }
    }
    fragment item on Product { upc name price weight inStock shippingEstimate }`,
    variables: () => ({}),
    concurrency: 50,
  },
];

/** A subscription with entities of two other subgraphs. */
export const subscription = `subscription Added {
  messageAdded { sequence body sentAt sender { handle displayName verified } job { title status } }
}`;

function pages(turn: number): Record<string, unknown> {
  return { page: turn % variants };
}

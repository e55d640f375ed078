import type { Operation } from '../clients/operation.js';

/** A page of all four services over the seed data. */
export const page: Operation = {
  name: 'page',
  document: `query Page($first: Int!) {
    me { handle displayName }
    unreadTotal
    feed(first: $first) { edges { node { id message createdAt likeCount replyCount author { handle displayName verified } } } }
    jobs(first: $first) {
      edges {
        node {
          id title summary budget status publishedAt projectType { label } genres { label }
          poster { handle displayName verified } show { title genre addedBy { displayName } }
        }
      }
    }
    conversations(first: $first) {
      edges { node { id title lastActivityAt unreadCount lastMessage { body sentAt sender { handle displayName } } job { title status } } }
    }
    shows(first: $first) { edges { node { slug title description genre country episodeCount addedBy { handle displayName } } } }
  }`,
  variables: (turn) => ({ first: 8 + (turn % 4) }),
};

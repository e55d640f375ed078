/** A page with a list that `usePaginationFragment` of react-relay pages in both directions. */
import { createElement, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { RelayEnvironmentProvider, useLazyLoadQuery, usePaginationFragment } from 'react-relay';
import { Environment, Network, RecordSource, Store } from 'relay-runtime';

/**
 * @param artifacts the output of the Relay compiler for the query and the fragment
 * @returns a function that shows the page, with the variables of the query
 */
export function createListPage(artifacts) {
  return ({ url, accessToken, variables }) => {
    const environment = new Environment({
      network: Network.create((request, values) => post(url, accessToken, { query: request.text, variables: values })),
      store: new Store(new RecordSource()),
    });
    const list = createElement(List, { artifacts, variables });
    const { document } = globalThis;
    const root = document.body.appendChild(document.createElement('main'));
    createRoot(root).render(
      createElement(RelayEnvironmentProvider, { environment }, createElement(Suspense, { fallback: '' }, list)),
    );
  };
}

function List({ artifacts, variables }) {
  const { conversation } = useLazyLoadQuery(artifacts.query, variables);
  const page = usePaginationFragment(artifacts.fragment, conversation);
  const { data, hasNext, hasPrevious, loadNext, loadPrevious, refetch } = page;
  const button = (text, isEnabled, onClick) => createElement('button', { disabled: !isEnabled, onClick }, text);
  return createElement(
    'section',
    null,
    button('Earlier', hasPrevious, () => loadPrevious(2)),
    button('Later', hasNext, () => loadNext(1)),
    button('From the start', true, () => refetch({ first: 2, after: null })),
    createElement('output', null, data.messages.edges.map(({ node }) => node.body).join(' ')),
  );
}

async function post(url, accessToken, body) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}

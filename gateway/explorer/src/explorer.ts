import './explorer/workers.js';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { makeTabsReachable } from './explorer/tabs.js';
import { endpoint, liveEndpoint, readSession, sessionHeaders } from './session.js';

const defaultQuery = `query Welcome {
  __typename
}
`;

const isGuest = readSession() === undefined;
const headers = isGuest ? '' : JSON.stringify(sessionHeaders(), null, 2);
const query = new URLSearchParams(location.hash.slice(1)).get('query');

const explorer = createElement(
  GraphiQL,
  {
    fetcher: createGraphiQLFetcher({ url: endpoint, subscriptionUrl: liveEndpoint, enableIncrementalDelivery: false }),
    defaultQuery,
    ...(query !== null && { initialQuery: query }),
    // The token must not outlive the tab: the editor stores operations, but no headers.
    initialHeaders: headers,
    defaultHeaders: headers,
    shouldPersistHeaders: false,
    showPersistHeadersSettings: false,
    defaultEditorToolsVisibility: isGuest ? false : 'headers',
    inputValueDeprecation: true,
    schemaDescription: true,
  },
  createElement(GraphiQL.Logo, undefined, createElement('a', { href: '/', className: 'home' }, 'Marquee')),
);

const container = document.getElementById('explorer');
if (container) {
  makeTabsReachable(container);
  createRoot(container).render(explorer);
}

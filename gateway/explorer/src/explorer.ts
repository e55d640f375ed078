import './explorer/workers.js';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { makeTabsReachable } from './explorer/tabs.js';
import { endpoint, liveEndpoint, readSession, sessionHeaders } from './session.js';

const welcome = `query Welcome {
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
    defaultQuery: welcome,
    ...(query !== null && { initialQuery: query }),
    // A token is of this tab alone: the editor keeps operations, and no headers.
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

const place = document.getElementById('explorer');
if (place) {
  makeTabsReachable(place);
  createRoot(place).render(explorer);
}

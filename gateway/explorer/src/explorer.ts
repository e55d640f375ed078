import './explorer/workers.js';
import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { enableExplorerBar } from './explorer/explorer-bar.js';
import { makeTabsReachable } from './explorer/tabs.js';
import { endpoint, liveEndpoint, sessionHeaders } from './session.js';

const defaultQuery = `query Welcome {
  __typename
}
`;

const query = new URLSearchParams(location.hash.slice(1)).get('query');
const subscriptions = liveEndpoint === undefined ? {} : { subscriptionUrl: liveEndpoint };
const fetcher = createGraphiQLFetcher({ url: endpoint, ...subscriptions, enableIncrementalDelivery: false });

/** The token is added here and not in the editor of headers, so that it is not shown. A header of the editor wins. */
function fetchAuthorized(...[parameters, options]: Parameters<Fetcher>): ReturnType<Fetcher> {
  const headers = { ...sessionHeaders(), ...(options?.headers as object | undefined) };
  return fetcher(parameters, { ...options, headers });
}

function render(container: HTMLElement): void {
  const explorer = createElement(
    GraphiQL,
    {
      fetcher: fetchAuthorized,
      defaultQuery,
      ...(query !== null && { initialQuery: query }),
      shouldPersistHeaders: false,
      showPersistHeadersSettings: false,
      defaultEditorToolsVisibility: false,
      inputValueDeprecation: true,
      schemaDescription: true,
    },
    // The bar above has the name of the page.
    createElement(GraphiQL.Logo, undefined, ' '),
  );
  makeTabsReachable(container);
  createRoot(container).render(explorer);
}

const container = document.getElementById('explorer');
if (container) void enableExplorerBar().then(() => render(container));

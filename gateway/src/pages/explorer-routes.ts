import type { Handler, Routes } from '@marquee/chassis/http/http-server';
import { allowMethods } from './allowed-methods.js';
import type { PageAccess } from './page-access.js';
import { contentSecurityPolicies } from './page-headers.js';
import { sendPage } from './send-page.js';
import { signIn } from './sign-in.js';
import { explorerDocument, type ExplorerPage, sandboxDocument } from './templates/explorer-documents.js';
import type { Html } from './templates/html.js';
import { signInDocument } from './templates/sign-in-document.js';

/** Returns the explorers' content for a visitor who has access. */
export type ExplorerContent = () => Promise<ExplorerPage>;

/**
 * The explorers of one graph: `explorer` and `sandbox` below a path. A visitor without access gets the sign-in page; its
 * form posts to the same path.
 */
export function explorerRoutes(base: string, endpoint: string, access: PageAccess, content: ExplorerContent): Routes {
  const page = (render: (page: ExplorerPage) => Html, policy: string): Handler =>
    allowMethods(['GET', 'HEAD', 'POST'], async (request, response) => {
      if (request.method === 'POST') {
        const rejection = await signIn(access, request, response);
        if (rejection) sendPage(response, rejection.status, signInDocument(endpoint, rejection.reason));
      } else if (await access.canOpenExplorer(request)) sendPage(response, 200, render(await content()), policy);
      else sendPage(response, 401, signInDocument(endpoint));
    });
  return {
    [`${base}explorer`]: page(explorerDocument, contentSecurityPolicies.explorer),
    [`${base}sandbox`]: page(sandboxDocument, contentSecurityPolicies.sandbox),
  };
}

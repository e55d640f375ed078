import { html, type Html } from './html.js';

export interface DocumentParts {
  title: string;
  /** File names below `/assets/`. */
  styles: readonly string[];
  scripts: readonly string[];
  /** The path of the GraphQL endpoint that the page uses. Default: `/graphql`. */
  endpoint?: string;
  body: Html;
}

/** A complete HTML document. */
export function htmlDocument({ title, styles, scripts, endpoint = '/graphql', body }: DocumentParts): Html {
  return html`<!doctype html>
    <html lang="en" data-endpoint="${endpoint}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        ${styles.map((name) => html`<link rel="stylesheet" href="/assets/${name}" />`)}
        ${scripts.map((name) => html`<script type="module" src="/assets/${name}"></script>`)}
      </head>
      ${body}
    </html>`;
}

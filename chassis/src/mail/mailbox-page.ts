import type { Handler } from '../http/http-server.js';
import { sendJson } from '../http/json-response.js';
import { escapeHtml } from './escape-html.js';
import type { MailboxDirectory, StoredMail } from './mailbox-directory.js';

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** `/mailbox`: the mails of the embedded run as a page, or as JSON for `accept: application/json`. */
export function mailboxRoute(mailbox: Pick<MailboxDirectory, 'list'>): Handler {
  return async (request, response) => {
    if (request.method !== 'GET') return sendJson(response, 405, { message: 'Only GET is allowed here.' });
    const mails = await mailbox.list();
    if (request.headers.accept?.includes('application/json')) return sendJson(response, 200, { mails });
    response.writeHead(200, headers).end(page(mails));
  };
}

function page(mails: readonly StoredMail[]): string {
  const list = mails.length === 0 ? '<p>There are no mails yet.</p>' : mails.map(entry).join('\n');
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Mailbox</title></head>
<body><main><h1>Mailbox</h1>
<p>The emails that this system has sent, the newest first. They have left this machine nowhere.</p>
${list}
</main></body></html>`;
}

/** The text, since the HTML part has the same content. Its links can be followed. */
function entry({ to, sentAt, subject, text }: StoredMail): string {
  const content = escapeHtml(text).replace(/https?:\/\/\S+/g, (url) => `<a href="${url}" rel="noreferrer">${url}</a>`);
  return `<article><h2>${escapeHtml(subject)}</h2>
<p>To ${escapeHtml(to)}, <time datetime="${sentAt}">${sentAt}</time></p><pre>${content}</pre></article>`;
}

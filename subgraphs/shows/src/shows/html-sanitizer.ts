import sanitize from 'sanitize-html';

const options: sanitize.IOptions = {
  allowedTags: ['p', 'br', 'b', 'strong', 'i', 'em', 'u', 'a', 'ul', 'ol', 'li'],
  allowedAttributes: { a: ['href', 'rel'] },
  allowedSchemes: ['http', 'https'],
  allowProtocolRelative: false,
  // The text of these goes with them.
  nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'iframe', 'title', 'template'],
  transformTags: { a: sanitize.simpleTransform('a', { rel: 'noopener nofollow' }) },
};

/** Leaves text, simple marks and web links; no script, style, handler or embedded thing gets through. */
export function sanitizeHtml(html: string): string {
  return sanitize(html, options).trim();
}

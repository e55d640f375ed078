// A partner's program: it exchanges the id and the secret of its client for a token, and reads the catalogue page by page.
const credentials = Buffer.from('dev-partner:dev-partner-secret').toString('base64');

const token = await fetch('http://localhost:4010/oauth2/token', {
  method: 'POST',
  headers: { authorization: `Basic ${credentials}` },
  body: new URLSearchParams({ grant_type: 'client_credentials' }),
}).then((response) => response.json());

const query = `query Catalogue($after: String) {
  shows(first: 50, after: $after) {
    edges { node { slug title country } }
    pageInfo { hasNextPage endCursor }
  }
}`;

let page = { hasNextPage: true, endCursor: null };
while (page.hasNextPage) {
  const response = await fetch('http://localhost:4000/partner/graphql', {
    method: 'POST',
    headers: { authorization: `Bearer ${token.access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { after: page.endCursor } }),
  });
  const { data } = await response.json();
  for (const { node } of data.shows.edges) console.log(node.slug, node.title);
  page = data.shows.pageInfo;
}

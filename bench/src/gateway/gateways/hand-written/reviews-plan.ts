import type { Caller } from '@marquee/chassis/identity/caller';
import type { SubgraphClient } from './subgraph-client.js';

interface Account {
  id: string;
  reviews?: Review[];
}

interface Product {
  upc: string;
  reviews?: Review[];
}

interface Review {
  author?: Account;
  product?: Product;
}

const inner = 'id body product{upc reviews{id body author{id}}}';
const written = `id body author{id reviews{${inner}}}product{upc reviews{id body author{id}}}`;
const documents = {
  accounts: '{accounts{id username name}}',
  products: '{topProducts{upc name price weight}}',
  stock:
    'query($representations:[_Any!]!){_entities(representations:$representations){...on Product{inStock shippingEstimate}}}',
};

/** Accounts with their reviews, and products with theirs: four steps, each with as few fetches as the data permits. */
export async function reviews(fetches: SubgraphClient, _: object, caller: Caller): Promise<unknown> {
  const { root } = fetches;
  const [{ accounts }, { topProducts }] = await Promise.all([
    root<{ accounts: Account[] }>('users', documents.accounts, {}, caller),
    root<{ topProducts: Product[] }>('shows', documents.products, {}, caller),
  ]);
  await addReviews(fetches, accounts, topProducts, caller);
  const found = { accounts: [] as Account[], products: [...topProducts] };
  for (const { reviews: all = [] } of [...accounts, ...topProducts]) collect(all, found);
  await Promise.all([nameAccounts(fetches, found.accounts, caller), describeProducts(fetches, found.products, caller)]);
  return { accounts, topProducts };
}

async function addReviews(
  { entities }: SubgraphClient,
  accounts: Account[],
  products: Product[],
  caller: Caller,
): Promise<void> {
  const fields = `reviews{${written}}`;
  const [ofAccounts, ofProducts] = await Promise.all([
    entities(
      'messaging',
      { type: 'Account', key: 'id', fields },
      accounts.map(({ id }) => id),
      caller,
    ),
    entities(
      'messaging',
      { type: 'Product', key: 'upc', fields },
      products.map(({ upc }) => upc),
      caller,
    ),
  ]);
  for (const account of accounts) Object.assign(account, ofAccounts.get(account.id));
  for (const product of products) Object.assign(product, ofProducts.get(product.upc));
}

function collect(all: readonly Review[], found: { accounts: Account[]; products: Product[] }): void {
  for (const { author, product } of all) {
    if (author) found.accounts.push(author);
    if (product) found.products.push(product);
    collect(author?.reviews ?? [], found);
    collect(product?.reviews ?? [], found);
  }
}

async function nameAccounts({ entities }: SubgraphClient, accounts: Account[], caller: Caller): Promise<void> {
  const named = await entities(
    'users',
    { type: 'Account', key: 'id', fields: 'username name' },
    accounts.map(({ id }) => id),
    caller,
  );
  for (const account of accounts) Object.assign(account, named.get(account.id));
}

/** The stock depends on the price and the weight, which another service knows. */
async function describeProducts(fetches: SubgraphClient, products: Product[], caller: Caller): Promise<void> {
  const selection = { type: 'Product', key: 'upc', fields: 'name price weight' };
  const described = await fetches.entities(
    'shows',
    selection,
    products.map(({ upc }) => upc),
    caller,
  );
  const upcs = [...described.keys()];
  const representations = upcs.map((upc) => ({ __typename: 'Product', upc, ...described.get(upc) }));
  const { _entities: stock } = await fetches.root<{ _entities: object[] }>(
    'jobs',
    documents.stock,
    { representations },
    caller,
  );
  const stockByUpc = new Map(upcs.map((upc, index) => [upc, stock[index]]));
  for (const product of products) Object.assign(product, described.get(product.upc), stockByUpc.get(product.upc));
}

import { subscriptionDirectives } from '@marquee/chassis/graphql/subgraph-schema';

/**
 * The subgraphs of the measured graph, which cover every kind of plan node. They have no stores. Accounts, products, their
 * stock and reviews are the graph of the public benchmark of gateways, one part in each service.
 */
export type ServiceName = 'users' | 'jobs' | 'shows' | 'messaging';

export const subgraphSdl: Readonly<Record<ServiceName, string>> = {
  users: service(`
    type Query {
      me: User
      principal(sub: String!, email: String, name: String, role: String): Principal! @inaccessible
      accounts: [Account!]! @listSize(assumedSize: 6)
    }
    type Account @key(fields: "id") { id: ID! username: String! name: String! }
    type User @key(fields: "id") {
      id: ID! @broadcast handle: String! @broadcast displayName: String! @broadcast verified: Boolean! @broadcast
      bio: String
    }
    enum Role { ADMIN REVIEWER HIRING_USER FREELANCER }
    type Principal @inaccessible { id: ID! role: Role! isActive: Boolean! }`),
  jobs: service(`
    type Query { jobs(page: Int!): [Job!]! }
    type Job @key(fields: "id") {
      id: ID! @broadcast title: String! @broadcast status: String! @broadcast
      summary: String! budget: String createdAt: String! poster: User! show: Show
    }
    type User @key(fields: "id", resolvable: false) { id: ID! }
    type Show @key(fields: "slug") { slug: ID! openJobs: Int! }
    type Product @key(fields: "upc") {
      upc: ID! price: Int @external weight: Int @external
      inStock: Boolean! shippingEstimate: Int @requires(fields: "price weight")
    }`),
  shows: service(`
    type Query {
      headline(page: Int!): String! shows(page: Int!): [Show!]!
      topProducts: [Product!]! @listSize(assumedSize: 5)
    }
    type Product @key(fields: "upc") { upc: ID! name: String! price: Int weight: Int }
    type Show @key(fields: "slug") {
      slug: ID! title: String! description: String genre: String country: String episodeCount: Int! addedBy: User
    }
    type User @key(fields: "id", resolvable: false) { id: ID! }`),
  messaging: service(`
    type Query { conversations(page: Int!): [Conversation!]! members(page: Int!): [Member!]! }
    type Mutation { sendMessage(body: String!): Message! }
    type Subscription { messageAdded: Message! @broadcast }
    type Conversation { id: ID! title: String! lastMessage: Message! job: Job }
    type Message @broadcast { id: ID! body: String! sequence: Int! sentAt: String! sender: User! job: Job }
    type Member { since: String! user: User! }
    type User @key(fields: "id") { id: ID! unreadTotal: Int! }
    type Review { id: ID! body: String! author: Account! product: Product! }
    type Account @key(fields: "id") { id: ID! reviews: [Review!]! @listSize(assumedSize: 2) }
    type Product @key(fields: "upc") { upc: ID! reviews: [Review!]! @listSize(assumedSize: 2) }
    type Job @key(fields: "id", resolvable: false) { id: ID! }`),
};

function service(types: string): string {
  const names = ['@key', '@external', '@requires', '@listSize', '@inaccessible', '@composeDirective']
    .map((name) => `"${name}"`)
    .join(', ');
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${names}])
${subscriptionDirectives}
${types}`;
}

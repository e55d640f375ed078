import { flag } from '@marquee/chassis/config/settings';
import { z } from 'zod';

const limit = z.coerce.number().int().positive();

/** What the guard reads from the environment; part of the gateway's settings. */
export const guardSettings = {
  /** Fields below one another. */
  GUARD_DEPTH: limit.default(12),
  /** Fields that are given another name. */
  GUARD_ALIASES: limit.default(30),
  /** Fields at the root of one operation. */
  GUARD_ROOT_FIELDS: limit.default(20),
  /** Directives in one operation. */
  GUARD_DIRECTIVES: limit.default(50),
  /** Tokens of a document; also fields of one operation, once its fragments are written out. */
  GUARD_TOKENS: limit.default(2000),
  /** Cost of one operation, by `@cost` and `@listSize`. */
  GUARD_COST: limit.default(5000),
  /** Items that a list without `@listSize` is taken to have. */
  GUARD_LIST_SIZE: limit.default(10),
  /** Fetches that one operation takes of the services. */
  GUARD_FETCHES: limit.default(30),
  /** Requests a second of one signed-in caller, over all roads; 0 for no limit. Production has 50 unless told. */
  RATE_PER_CALLER: z.coerce.number().min(0).optional(),
  /** Requests a second from one address, over all roads; 0 for no limit. Production has 200 unless told. */
  RATE_PER_ADDRESS: z.coerce.number().min(0).optional(),
  /** Seconds of that rate that may come at once after a silence. */
  RATE_BURST_SECONDS: z.coerce.number().min(1).max(3600).default(10),
  /**
   * Connections from one address at the same time, sockets apart, and requests that are answered at the same time.
   * Connections are counted only where no proxy is trusted: all of them come from the proxy's address.
   */
  CONNECTIONS_PER_ADDRESS: limit.default(1_000),
  /** Connections at the same time, sockets too: the process needs a file descriptor for each. */
  CONNECTIONS: limit.default(15_000),
  /** Proxies between clients and the gateway whose X-Forwarded-For counts; 0 looks at the connection alone. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  /** `on` serves the documents of the manifest by their hash, `only` nothing else. */
  TRUSTED_DOCUMENTS: z.enum(['off', 'on', 'only']).default('off'),
  /** Path of the manifest: a persisted query manifest, as the registry of operations has them. */
  TRUSTED_DOCUMENTS_FILE: z.string().optional(),
  /** Whether clients may register documents by their hash, as automatic persisted queries. */
  PERSISTED_QUERIES: flag.default(true),
};

export type GuardSettings = z.output<z.ZodObject<typeof guardSettings>>;

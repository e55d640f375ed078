import { toConnection, pageSize, type Connection, type PageArgs } from '@marquee/chassis/paging/relay-connection';
import { decodeCursor } from '@marquee/chassis/paging/keyset-cursor';
import { z } from 'zod';
import type { Job } from './job-model.js';
import type { PublishedPage } from './public-job-store.js';

const keyset = z.tuple([z.iso.datetime(), z.uuid()]);

/** @throws BAD_USER_INPUT if the page size is out of range or the cursor is not from a list by publication time */
export function parsePublishedPage({ first, after }: PageArgs): PublishedPage {
  return { limit: pageSize(first) + 1, after: after ? decodeCursor(after, keyset) : null };
}

export function toPublishedConnection(jobs: readonly Job[], page: PublishedPage): Connection<Job> {
  return toConnection(jobs, page, ({ publishedAt, id }) => [publishedAt?.toISOString() ?? '', id]);
}

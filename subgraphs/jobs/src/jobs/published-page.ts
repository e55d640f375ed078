import { type Connection, type PageArgs, parsePage, toConnection } from '@marquee/chassis/paging/relay-connection';
import { z } from 'zod';
import type { Job } from './job-model.js';
import type { PublishedPage } from './public-job-store.js';

const keyset = z.tuple([z.iso.datetime(), z.uuid()]);

/** @throws BAD_USER_INPUT for an invalid size, or a cursor that is not from a list by publication time */
export function parsePublishedPage(args: PageArgs): PublishedPage {
  return parsePage(args, keyset);
}

export function toPublishedConnection(jobs: readonly Job[], page: PublishedPage): Connection<Job> {
  return toConnection(jobs, page, ({ publishedAt, id }) => [publishedAt?.toISOString() ?? '', id]);
}

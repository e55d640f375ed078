import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { sendJson } from '@marquee/chassis/http/json-response';
import { type Handler, header } from '@marquee/chassis/http/http-server';
import type { Logger } from '@marquee/chassis/telemetry/log';

/** The build output of `gateway/explorer`: each file, and its gzipped copy. */
const directory = fileURLToPath(new URL('../../explorer/dist', import.meta.url));

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
};

interface Asset {
  path: string;
  type: string;
  /** The ETag. */
  tag: string;
  /** Whether the name contains a hash of the content, so that it can be cached forever. */
  isImmutable: boolean;
  isCompressed: boolean;
}

/** `/assets/*`: scripts, styles and fonts of the pages. Serves only files found at startup, so paths cannot escape. */
export async function openAssets(log: Logger): Promise<Handler> {
  const assets = await findAssets().catch((err: unknown) => {
    log.warn({ err }, 'no scripts and styles for the pages: build gateway/explorer');
    return new Map<string, Asset>();
  });
  return async (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const asset = assets.get(path);
    if (asset) await send(asset, request, response);
    else sendJson(response, 404, { message: 'File not found.' });
  };
}

async function findAssets(): Promise<Map<string, Asset>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = paths.map(async (path): Promise<[string, Asset] | undefined> => {
    const type = contentTypes[extname(path)];
    if (type === undefined) return undefined;
    const { size, mtimeMs } = await stat(path);
    const name = relative(directory, path).split(sep).join('/');
    const tag = `W/"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
    const [isImmutable, isCompressed] = [/-[0-9A-Z]{8}\.\w+$/.test(name), paths.includes(`${path}.gz`)];
    return [`/assets/${name}`, { path, type, tag, isImmutable, isCompressed }];
  });
  return new Map((await Promise.all(found)).filter((asset) => asset !== undefined));
}

async function send(asset: Asset, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isCompressed = asset.isCompressed && /\bgzip\b/.test(header(request, 'accept-encoding') ?? '');
  response.setHeaders(
    new Map([
      ['content-type', asset.type],
      ['etag', asset.tag],
      ['cache-control', asset.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache'],
      ['vary', 'accept-encoding'],
      ['x-content-type-options', 'nosniff'],
    ]),
  );
  if (header(request, 'if-none-match') === asset.tag) return void response.writeHead(304).end();
  if (isCompressed) response.setHeader('content-encoding', 'gzip');
  if (request.method === 'HEAD') return void response.end();
  // A client that disconnects midway is not an error.
  await pipeline(createReadStream(isCompressed ? `${asset.path}.gz` : asset.path), response).catch(() => undefined);
}

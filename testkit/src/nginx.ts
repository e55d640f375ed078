import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.js';
import { skipReason } from './skip-reason.js';
import { untilListening } from './until-listening.js';

/** A running nginx in front of a service. */
export interface Nginx {
  url: string;
  close(): Promise<void>;
}

/** Why nginx is not available for tests; undefined if it is. @throws Error in CI, where it is required */
export function missingNginxReason(): string | undefined {
  return spawnSync('nginx', ['-v']).status === 0 ? undefined : skipReason('nginx is not on PATH');
}

/** Starts nginx, which compresses all types of responses and forwards WebSockets; otherwise with its default settings. */
export async function openNginx(serviceUrl: string): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  await chmod(folder, 0o777);
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  await writeFile(file, settingsFor(serviceUrl, port, folder));
  const child = spawn('nginx', ['-p', folder, '-c', file, '-e', join(folder, 'error.log')], { stdio: 'ignore' });
  await untilListening(port, child);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function settingsFor(serviceUrl: string, port: number, folder: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  ${paths.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  gzip on;
  gzip_min_length 0;
  gzip_proxied any;
  gzip_types *;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${new URL(serviceUrl).origin};
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $http_connection;
    }
  }
}
`;
}

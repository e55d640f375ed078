import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program with all lines that it has written so far. */
export interface ProgramOutput {
  pid: number;
  lines: readonly string[];
  /** Resolves with the first line that the test accepts, also one that was written before. */
  line(accepts: (line: string) => boolean): Promise<string>;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
  /** Sends SIGTERM. */
  stop(): void;
}

/** Starts the main program of a service with these variables only. @param options of Node */
export function startProgram(
  service: string,
  variables: Record<string, string>,
  options: readonly string[] = [],
): ProgramOutput {
  const main = fileURLToPath(import.meta.resolve(`@marquee/${service}/main`));
  const env = { NODE_ENV: 'test', PORT: '0', DRAIN_SECONDS: '0.1', DRAIN_DELAY_SECONDS: '0', ...variables };
  const child = spawn(process.execPath, [...options, main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const listener of listeners) listener();
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    stop: () => void child.kill('SIGTERM'),
    line: (accepts) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find(accepts);
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
        void ended.then((code) => reject(new Error(`It ended with ${code}:\n${lines.slice(-20).join('\n')}`)));
      }),
  };
}

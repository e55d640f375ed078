import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Closable } from '@marquee/chassis/process/closers';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The result of a release script. */
export interface ReleaseRun {
  code: number;
  output: string;
  /** The arguments of each call of a stub, in their order. */
  calls: string[];
  /** The variables for later steps and the outputs of the step. */
  noted: string;
}

/** Runs the release scripts with stubs of the programs that they call. */
export interface ReleaseRunner extends Closable {
  /** The folder of temporary files (`RUNNER_TEMP`). */
  scratch: string;
  /**
   * Puts a stub of a program on PATH. It records its arguments and runs the script. That of the AWS CLI fails without limits of
   * time and attempts.
   */
  stub(name: string, script: string): Promise<void>;
  run(script: string, command: string, variables?: Record<string, string>): Promise<ReleaseRun>;
  /** Writes a file below `scratch`. */
  write(path: string, text: string): Promise<void>;
  /** Reads a file below `scratch`. */
  read(path: string): Promise<string>;
}

export async function openReleaseRunner(): Promise<ReleaseRunner> {
  const scratch = await mkdtemp(join(tmpdir(), 'release-'));
  const read = (path: string) => readFile(join(scratch, path), 'utf8');
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(scratch, path)), { recursive: true });
    await writeFile(join(scratch, path), text);
  };
  return {
    scratch,
    read,
    write,
    async stub(name, script) {
      await write(name, `#!/usr/bin/env bash\n${name === 'aws' ? limited : recorded}\n${script}\n`);
      await chmod(join(scratch, name), 0o755);
    },
    async run(script, command, variables = {}) {
      for (const file of ['calls', 'noted']) await write(file, '');
      const env = { ...variablesOf(scratch), ...variables };
      const ran = await promisify(execFile)(join(root, '.github/release', script), [command], { env }).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        (failure: { code: number; stdout: string; stderr: string }) => failure,
      );
      const [calls, noted] = await Promise.all([read('calls'), read('noted')]);
      return { code: ran.code, output: ran.stdout + ran.stderr, calls: calls.split('\n'), noted };
    },
    close: () => rm(scratch, { recursive: true }),
  };
}

const recorded = 'echo "$*" >> "$RUNNER_TEMP/calls"';

/** Refuses a call without limits, and hides them from the script. */
const limited = `
limits='* --cli-connect-timeout 10 --cli-read-timeout [0-9]*'
[[ "$*" = $limits && "$AWS_RETRY_MODE" = standard ]] || { echo "no limits: $*" >&2; exit 99; }
set -- "\${@:1:$#-4}"
${recorded}`;

function variablesOf(scratch: string): Record<string, string> {
  return {
    PATH: `${scratch}:/usr/local/bin:/usr/bin:/bin`,
    RUNNER_TEMP: scratch,
    GITHUB_ENV: join(scratch, 'noted'),
    GITHUB_OUTPUT: join(scratch, 'noted'),
    GITHUB_SHA: 'sha-1',
    GITHUB_REPOSITORY: 'marquee-graph/marquee',
    GITHUB_ACTOR: 'somebody',
    GRAPH_URL: 'http://graph',
    ...{ CLUSTER: 'marquee-test', SERVICE: 'users', IMAGE: 'users@sha256:new', REGISTRY: 's3://registry' },
    ...{ PUBLISHER: 'marquee-test-publisher', REPOSITORY: 'marquee/users', GRAPH: '' },
  };
}

import type { SubgraphSdl } from '../compose.js';
import { lintSdls, type SdlViolation } from '../sdl-lint.js';
import { CommandError, RefusalReport } from './command-error.js';

/** Lints SDLs. @throws CommandError with all violations, one per line as compilers print them; with `json` as JSON */
export function lintCommand(sdls: readonly SubgraphSdl[], { json }: { json: boolean }): string {
  const violations = lintSdls(sdls);
  if (json) {
    const report = `${JSON.stringify(violations, null, 2)}\n`;
    if (violations.length > 0) throw new RefusalReport(report);
    return report;
  }
  if (violations.length === 0) return `No violations in ${sdls.map(({ name }) => name).join(', ')}.\n`;
  throw new CommandError(violations.map(describeViolation).join('\n'));
}

function describeViolation({ service, line, column, rule, message }: SdlViolation): string {
  const position = line === undefined ? '' : `:${line}:${column}`;
  return `${service}${position}: ${message} (${rule})`;
}

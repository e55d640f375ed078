import { readSettings } from '@marquee/chassis/config/settings';
import { z } from 'zod';

const testSettings = z.object({
  CI: z.string().optional().describe('With `true`, tests whose program is missing fail instead of being skipped.'),
});

/** Whether all tests have to run. */
export function runsAllTests(): boolean {
  return readSettings(testSettings).CI === 'true';
}

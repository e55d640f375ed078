/** One thing that an environment needs before people can use it. */
export interface Check {
  /** The requirement, in a few words. */
  subject: string;
  /** Examines it. A failure counts as a lack. */
  examine(): Promise<Finding>;
}

/** The state of a requirement that is met, or the lack and its remedy. */
export type Finding = { found: string } | { lack: string; remedy: string };

/**
 * Makes all checks and prints a line for each, in their order, with the remedy of each lack.
 * @returns the number of lacks
 */
export async function examine(checks: readonly Check[], print: (line: string) => void): Promise<number> {
  const findings = await Promise.all(checks.map(findingOf));
  findings.forEach((finding, index) => {
    const subject = checks[index]?.subject ?? '';
    if ('found' in finding) return print(`ok       ${subject}: ${finding.found}`);
    print(`missing  ${subject}: ${finding.lack}`);
    print(`         ${finding.remedy}`);
  });
  const lacks = findings.filter((finding) => 'lack' in finding).length;
  print(lacks === 0 ? 'Nothing is missing.' : `${lacks} of ${checks.length} are missing.`);
  return lacks;
}

async function findingOf({ examine: run }: Check): Promise<Finding> {
  try {
    return await run();
  } catch (failure) {
    const { message } = failure as Error;
    return { lack: `it could not be examined: ${message}`, remedy: 'Mend the reason, then examine again.' };
  }
}

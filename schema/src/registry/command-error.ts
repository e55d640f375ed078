/** An error whose message is printed without a stack trace. */
export class CommandError extends Error {}

/** A refusal whose report is the output of the command, for example as JSON. */
export class RefusalReport extends CommandError {}

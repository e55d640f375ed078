import pg, { type ClientBase, type Connection, type QueryArrayResult } from 'pg';
import { getOrCreate } from '../caching/memoize.js';
import { isPlainText, type TextParser, textParsers } from './text-parsers.js';

/** A statement that the server keeps, by its name, for the lifetime of the connection. */
export interface NamedStatement {
  name: string;
  text: string;
  values: readonly unknown[];
}

/**
 * Executes a named statement; its rows are arrays of their values. pg requests the columns of the result for each execution,
 * and creates objects and parsers for them. On one connection they are always the same: once the type of a column has
 * changed, the server refuses the statement (SQLSTATE 0A000).
 *
 * @throws the error of the server or of the connection
 */
export function executeNamed(client: ClientBase, statement: NamedStatement): Promise<QueryArrayResult> {
  return new Promise((resolve, reject) => {
    const execution = new Execution(statement, (failure, rows) => {
      if (failure) reject(failure);
      else resolve({ command: 'SELECT', rowCount: rows.length, oid: 0, fields: [], rows });
    });
    client.query(execution);
  });
}

type Done = (failure: Error | undefined, rows: unknown[][]) => void;

/** A column of a result whose values are not the text that the server sends. */
interface ParsedColumn {
  index: number;
  parse: TextParser;
}

interface ColumnDescription {
  dataTypeID: number;
}

/** The parts of a connection that the types of pg leave out. */
interface PreparingConnection {
  parsedStatements: Readonly<Record<string, string | undefined>>;
  bind(message: { statement: string; values: readonly unknown[] }): void;
  parse(message: { name: string; text: string }): void;
  describe(message: { type: 'P' }): void;
  execute(): void;
  sync(): void;
  stream: { cork(): void; uncork(): void };
}

/** The columns of the statements that a connection has prepared, by name. */
const described = new WeakMap<object, Map<string, readonly ParsedColumn[]>>();

const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): unknown } }).utils;

/** One execution, with the methods that pg calls. */
class Execution {
  readonly name: string;
  readonly text: string;
  readonly #values: unknown[];
  readonly #rows: unknown[][] = [];
  #known: Map<string, readonly ParsedColumn[]> | undefined;
  #columns: readonly ParsedColumn[] | undefined;
  #failure: Error | undefined;

  constructor(
    { name, text, values }: NamedStatement,
    private readonly done: Done,
  ) {
    [this.name, this.text] = [name, text];
    this.#values = values.map((value) => prepareValue(value));
  }

  submit(connection: Connection): void {
    const { name, text } = this;
    this.#known = getOrCreate(described, connection, () => new Map<string, readonly ParsedColumn[]>());
    this.#columns = this.#known.get(name);
    const messages = connection as unknown as PreparingConnection;
    messages.stream.cork();
    if (messages.parsedStatements[name] === undefined) messages.parse({ name, text });
    messages.bind({ statement: name, values: this.#values });
    if (!this.#columns) messages.describe({ type: 'P' });
    messages.execute();
    messages.sync();
    messages.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: readonly ColumnDescription[] }): void {
    const columns = fields.map(({ dataTypeID }, index) => ({ index, dataTypeID }));
    const parsed = columns.filter(({ dataTypeID }) => !isPlainText(dataTypeID));
    this.#columns = parsed.map(({ index, dataTypeID }) => ({ index, parse: textParsers.getTypeParser(dataTypeID) }));
    this.#known?.set(this.name, this.#columns);
  }

  handleDataRow({ fields }: { fields: unknown[] }): void {
    if (this.#failure) return;
    try {
      for (const { index, parse } of this.#columns ?? []) {
        const value = fields[index];
        if (value !== null) fields[index] = parse(value as string);
      }
      this.#rows.push(fields);
    } catch (failure) {
      this.#failure = failure as Error;
    }
  }

  handleCommandComplete(): void {
    // The end of the execution is `ReadyForQuery`.
  }

  handleError(failure: Error): void {
    this.done(failure, []);
  }

  handleReadyForQuery(): void {
    this.done(this.#failure, this.#rows);
  }
}

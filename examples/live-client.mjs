/**
 * A stream that goes on: it connects again with jitter, renews its token while the socket is open, and resumes after the
 * last value that came, so that a restart of the gateway costs nothing but a moment.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { CloseCode, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** Longest pause before another attempt, in milliseconds. */
const longestPause = 5_000;

/** The other end has so many milliseconds to answer a ping. */
const patience = 5_000;

/** Errors of a stream that another attempt may not meet. */
const passing = ['UPSTREAM_UNAVAILABLE', 'SLOW_CONSUMER', 'RATE_LIMITED', 'INTERNAL'];

/** Refusals that another attempt would meet as well. */
const final = [CloseCode.BadRequest, CloseCode.Forbidden, CloseCode.SubprotocolNotAcceptable];

/**
 * Opens a client of one caller.
 *
 * @param url the socket's address: ws://host:port/graphql
 * @param token asks for an access token: `{ value, seconds }`, how long it lasts
 * @param told is told of what happens to the connection, for people to read
 */
export function openLive({ url, token, told = () => {} }) {
  const session = { wasLetIn: false, isClosed: false };
  const renewal = tokenRenewal(token, told);
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: renewal.parameters,
    keepAlive: 10_000,
    retryAttempts: 0,
    on: {
      connected: (socket) => {
        session.wasLetIn = true;
        told('connected');
        renewal.keepUp(socket);
      },
      closed: renewal.stop,
      ...pulse(() => client.terminate()),
    },
  });
  return {
    /**
     * The results of a subscription, each once, until the server completes it or the client closes.
     *
     * @param variablesAfter the variables with which it goes on after this cursor; undefined before the first result
     * @param cursorOf reads the cursor of a result's data
     * @throws what the server refused for good: a list of GraphQL errors, or how the socket closed
     */
    async *results(query, variablesAfter, cursorOf) {
      let cursor;
      for (let failures = 0; ; failures += 1) {
        session.wasLetIn = false;
        try {
          for await (const result of client.iterate({ query, variables: variablesAfter(cursor) })) {
            failures = 0;
            if (result.data) cursor = cursorOf(result.data);
            yield result;
          }
          return;
        } catch (failure) {
          if (session.isClosed) return;
          if (isFinal(failure, session.wasLetIn)) throw failure;
          if (session.wasLetIn) failures = 0;
        }
        const pause = pauseBefore(failures);
        told(`interrupted; trying again in ${Math.round(pause)} ms`);
        await wait(pause);
      }
    },
    async close() {
      session.isClosed = true;
      await client.dispose();
    },
  };
}

/** Spread over the whole pause, so that those whom one restart has disconnected do not come back all at once. */
export function pauseBefore(failures) {
  return Math.random() * Math.min(longestPause, 200 * 2 ** failures);
}

/** A fresh token at each connection, and another one by ping when two thirds of its time are over. */
function tokenRenewal(token, told) {
  let seconds;
  let timer;
  return { parameters, keepUp, stop };

  async function parameters() {
    const { value, seconds: lasting } = await token();
    seconds = lasting;
    return { authorization: `Bearer ${value}` };
  }

  function keepUp(socket) {
    stop();
    timer = setTimeout(() => void renew(socket), seconds * (2_000 / 3));
  }

  async function renew(socket) {
    try {
      const payload = await parameters();
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(JSON.stringify({ type: 'ping', payload }));
      told('token renewed');
    } catch {
      told('the token could not be renewed');
      seconds = 3;
    }
    if (socket.readyState === WebSocket.OPEN) keepUp(socket);
  }

  function stop() {
    clearTimeout(timer);
  }
}

/** Gives up a socket whose other end is silent, which TCP notices minutes later. */
function pulse(giveUp) {
  let timer;
  return {
    ping: (wasReceived) => {
      if (!wasReceived) timer = setTimeout(giveUp, patience);
    },
    pong: (wasReceived) => {
      if (wasReceived) clearTimeout(timer);
    },
  };
}

/** A token that has expired on an open socket is replaced at the next attempt; one that was never good is not. */
function isFinal(failure, wasLetIn) {
  if (Array.isArray(failure)) return !failure.every(({ extensions }) => passing.includes(extensions?.code));
  return final.includes(failure.code) || (failure.code === CloseCode.Unauthorized && !wasLetIn);
}

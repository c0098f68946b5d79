import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
} from "cockatiel";
import { type ErrorCode, SEE_STACK, ShelfmatchError } from "../../../shared/errors.ts";

interface RemoteServiceOptions {
  /** As the user knows it: "Qdrant". */
  name: string;
  /** Where it is reached, without credentials; for messages. */
  address: string;
  /** Milliseconds that a call may take, unless it says otherwise. */
  deadlineMs: number;
  /** Calls under way at once. */
  concurrency?: number;
  /** Calls that may wait for these; left out, `QUEUED` for each of them. */
  waiting?: number;
  /** What the client library threw, as the product's own error; null where it is no word of the service's. */
  translate(error: unknown, service: { name: string; address: string }): ShelfmatchError | null;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  deadlineMs?: number;
  /** Further tries after a fault of the service. Only for calls that may run twice. */
  retries?: number;
}

export interface RemoteStatus {
  name: string;
  address: string;
  /** `open`: calls are refused at once, until one that is let through (`half-open`) succeeds. */
  breaker: "closed" | "open" | "half-open";
  inFlight: number;
  queued: number;
  calls: number;
  failures: number;
  /** Median of the latest calls that succeeded, in milliseconds; null before the first. */
  latencyMs: number | null;
  lastFailure: { time: number; code: ErrorCode; message: string } | null;
}

/** What an adapter's health says of the service behind it. */
export interface RemoteHealth extends RemoteStatus {
  /** The server's own version; null while it is not known. */
  version: string | null;
}

export interface RemoteService {
  readonly name: string;
  /**
   * Runs one call within its deadline, behind the breaker. `what` ends the sentence "Qdrant could not ...".
   * @throws ShelfmatchError of `translate`; SERVICE_UNAVAILABLE while the breaker is open, TIMEOUT, BUSY, CANCELLED
   */
  call<T>(what: string, work: (signal: AbortSignal) => Promise<T>, options?: CallOptions): Promise<T>;
  /** One call past the breaker, for the health check that finds out whether the service is back. */
  probe<T>(what: string, work: (signal: AbortSignal) => Promise<T>, deadlineMs?: number): Promise<T>;
  status(): RemoteStatus;
}

/** Faults in a row that open the breaker. */
const FAULTS = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** Waiting calls for each that may be under way. */
const QUEUED = 32;
const LATENCIES = 100;

/** Faults of the service, as against answers that refuse one call: these open the breaker and may be tried again. */
const FAULT_CODES: ReadonlySet<ErrorCode> = new Set(["SERVICE_UNAVAILABLE", "SERVICE_BAD_ANSWER", "TIMEOUT"]);
const isFault = (error: unknown) => error instanceof ShelfmatchError && FAULT_CODES.has(error.code);

/** Every remote call's manners in one place: a bounded queue, a deadline, retries with jitter where safe, a breaker. */
export function createRemoteService(options: RemoteServiceOptions): RemoteService {
  const { name, address, deadlineMs, concurrency = 64, translate } = options;
  const { waiting = concurrency * QUEUED } = options;
  const queue = bulkhead(concurrency, waiting);
  const breaker = circuitBreaker(handleWhen(isFault), {
    breaker: new ConsecutiveBreaker(FAULTS),
    halfOpenAfter: new ExponentialBackoff({ initialDelay: FIRST_PAUSE_MS, maxDelay: LONGEST_PAUSE_MS }),
  });
  const latencies: number[] = [];
  let calls = 0;
  let failures = 0;
  let lastFailure: RemoteStatus["lastFailure"] = null;

  function failed(error: unknown, what: string, signal: AbortSignal | undefined, limitMs: number): ShelfmatchError {
    if (signal?.aborted) {
      return new ShelfmatchError("CANCELLED", "The request was cancelled.", { cause: error });
    }
    if (error instanceof ShelfmatchError) return error;
    if (error instanceof TaskCancelledError) {
      const message = `${name} at ${address} could not ${what} within ${limitMs / 1000} s. It may be overloaded. ${SEE_STACK}`;
      return new ShelfmatchError("TIMEOUT", message, { cause: error });
    }
    if (error instanceof BrokenCircuitError) {
      const reason = lastFailure === null ? "" : ` Last: ${lastFailure.message}`;
      const message = `${name} at ${address} failed several times in a row and is tried again in a moment.${reason}`;
      return new ShelfmatchError("SERVICE_UNAVAILABLE", message, { cause: error });
    }
    if (error instanceof BulkheadRejectedError) {
      const message = `${name} has more calls waiting than it can take. Try again shortly.`;
      return new ShelfmatchError("BUSY", message, { cause: error });
    }
    return translate(error, { name, address }) ?? unexpected(error, what);
  }

  function unexpected(error: unknown, what: string): ShelfmatchError {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `${name} at ${address} could not ${what}: ${reason}. ${SEE_STACK}`;
    return new ShelfmatchError("SERVICE_BAD_ANSWER", message, { cause: error });
  }

  async function attempt<T>(
    what: string,
    work: (signal: AbortSignal) => Promise<T>,
    limitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const started = performance.now();
    calls++;
    try {
      const result = await timeout(limitMs, TimeoutStrategy.Aggressive).execute((_, inner) => work(inner), signal);
      latencies.push(performance.now() - started);
      if (latencies.length > LATENCIES) latencies.shift();
      return result;
    } catch (error) {
      const failure = failed(error, what, signal, limitMs);
      if (isFault(failure)) {
        failures++;
        lastFailure = { time: Date.now(), code: failure.code, message: failure.message };
      }
      throw failure;
    }
  }

  return {
    name,
    async call(what, work, { signal, deadlineMs: limitMs = deadlineMs, retries = 0 } = {}) {
      const guarded = () => breaker.execute(() => attempt(what, work, limitMs, signal), signal);
      const tries = retry(
        handleWhen((error) => isFault(error) && !signal?.aborted),
        {
          maxAttempts: retries,
          backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 1_000 }),
        },
      );
      try {
        return await queue.execute(() => (retries > 0 ? tries.execute(guarded, signal) : guarded()), signal);
      } catch (error) {
        throw failed(error, what, signal, limitMs);
      }
    },
    async probe(what, work, limitMs = deadlineMs) {
      return attempt(what, work, limitMs, undefined);
    },
    status: () => ({
      name,
      address,
      breaker:
        breaker.state === CircuitState.Closed
          ? "closed"
          : breaker.state === CircuitState.HalfOpen
            ? "half-open"
            : "open",
      inFlight: concurrency - queue.executionSlots,
      queued: waiting - queue.queueSlots,
      calls,
      failures,
      latencyMs: latencies.length === 0 ? null : (latencies.toSorted((a, b) => a - b)[latencies.length >> 1] ?? null),
      lastFailure,
    }),
  };
}

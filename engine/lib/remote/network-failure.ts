/** Codes of undici and of the system below it: nobody is there, or went away in the middle. */
const GONE =
  /^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|EPIPE|ETIMEDOUT|UND_ERR_(SOCKET|CONNECT|CLOSED|DESTROYED|HEADERS_TIMEOUT|BODY_TIMEOUT))/;

/** Node gathers the errors of several addresses, and fetch wraps what it was told. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  const own = "code" in error && typeof error.code === "string" ? [error.code] : [];
  return [...own, ...inner, ...codesOf(error.cause)];
}

/** Why an HTTP call did not reach its server, or lost it: a code such as ECONNREFUSED; null where it is no such failure. */
export function networkFailure(error: unknown): string | null {
  const code = codesOf(error).find((one) => GONE.test(one));
  if (code !== undefined) return code;
  const isFetch = error instanceof TypeError && ["fetch failed", "terminated"].includes(error.message);
  return isFetch ? error.message : null;
}

import { Anchor, Loader } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { desktop } from "../lib/desktop.ts";
import { t } from "../lib/i18n/i18n.ts";
import { Rich } from "../lib/i18n/rich.tsx";
import { isServiceFault, toProblem } from "../lib/problem.ts";
import { healthQuery, isGone } from "../lib/queries.ts";
import classes from "./connection-banner.module.css";

/** Says that the engine is gone, and loads everything anew when it is back. */
export function ConnectionBanner() {
  const health = useQuery(healthQuery);
  const queries = useQueryClient();
  const wasLost = useRef(false);
  // Where it was never reached, each try begins as the first did: without an error. Until one succeeds the last one stands.
  const lastError = useRef<unknown>(null);
  if (health.error !== null) lastError.current = health.error;
  else if (health.isSuccess) lastError.current = null;
  const lost = lastError.current !== null;
  const problem = lost ? toProblem(lastError.current) : null;
  const signedOut = problem?.code === "UNAUTHORIZED";
  // The desktop knows why its engine can't start.
  const reason = desktop === null || problem === null || problem.code === "ENGINE_GONE" ? null : problem.message;

  useEffect(() => {
    if (!lost && wasLost.current) void queries.invalidateQueries();
    wasLost.current = lost;
  }, [lost, queries]);

  // Another engine, started between two polls: it may have other data, after a restore for example.
  const uptime = useRef(0);
  const seconds = health.data?.uptimeSeconds ?? 0;
  useEffect(() => {
    if (seconds < uptime.current) void queries.invalidateQueries();
    uptime.current = seconds;
  }, [seconds, queries]);

  // What failed in an interruption is asked for again when it is over: the engine's, however short, by its next answer;
  // a service's once no part is down that was not before. Earlier, the note would come and go with each try.
  const down = useRef(0);
  const answered = health.data;
  useEffect(() => {
    if (answered === undefined) return;
    const before = down.current;
    down.current = answered.components.filter(({ state }) => state === "down").length;
    const isBack = answered.status !== "down" || down.current < before;
    void queries.refetchQueries({
      predicate: ({ state: { status, error } }) =>
        status === "error" && (isGone(error) || (isBack && isServiceFault(toProblem(error).code))),
    });
  }, [answered, health.dataUpdatedAt, queries]);

  return (
    <div role="status">
      {signedOut && (
        <div className={classes.banner}>
          <span>
            <Rich
              id="<0>You are signed out.</0> <1>Sign in</1> with the token of this server."
              parts={[<strong key="0" />, <Anchor key="1" href="/login" underline="always" />]}
            />
          </span>
        </div>
      )}
      {lost && !signedOut && (
        <div className={classes.banner}>
          <Loader size={14} color="currentColor" aria-hidden />
          <span>
            <strong>{reason === null ? t("The engine does not answer.") : t("The engine can't start.")}</strong>{" "}
            {reason} {t("Shelfmatch keeps trying; what you see may be old.")}
          </span>
        </div>
      )}
    </div>
  );
}

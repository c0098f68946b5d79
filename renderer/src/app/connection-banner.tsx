import { Anchor, Loader } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { desktop } from "../lib/desktop.ts";
import { toProblem } from "../lib/problem.ts";
import { healthQuery, isGone } from "../lib/queries.ts";
import classes from "./connection-banner.module.css";

/** Says that the engine is gone, and loads everything anew when it is back. */
export function ConnectionBanner() {
  const health = useQuery(healthQuery);
  const queries = useQueryClient();
  const wasLost = useRef(false);
  const lost = health.isError;
  const problem = lost ? toProblem(health.error) : null;
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

  // An interruption shorter than the polling: what failed in it is asked for again.
  useEffect(() => {
    void queries.refetchQueries({ predicate: ({ state }) => state.status === "error" && isGone(state.error) });
  }, [health.dataUpdatedAt, queries]);

  return (
    <div role="status">
      {signedOut && (
        <div className={classes.banner}>
          <span>
            <strong>You are signed out.</strong>{" "}
            <Anchor href="/login" underline="always">
              Sign in
            </Anchor>{" "}
            with the token of this server.
          </span>
        </div>
      )}
      {lost && !signedOut && (
        <div className={classes.banner}>
          <Loader size={14} color="currentColor" aria-hidden />
          <span>
            <strong>{reason === null ? "The engine does not answer." : "The engine can't start."}</strong> {reason}{" "}
            Shelfmatch keeps trying; what you see may be old.
          </span>
        </div>
      )}
    </div>
  );
}

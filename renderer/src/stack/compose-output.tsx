import { Button, Loader } from "@mantine/core";
import { useEffect, useRef } from "react";
import { CopyTextButton } from "../lib/copy-button.tsx";
import { formatDuration } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import type { ComposeRun } from "./run-state.ts";
import classes from "./stack-page.module.css";
import { stopWork } from "./stack-run.ts";
import { useStackWork } from "./stack-store.ts";

const HEADLINE: Record<ComposeRun["what"], Record<ComposeRun["state"], Message>> = {
  up: {
    running: msg("Starting the services…"),
    done: msg("The services run"),
    failed: msg("The services did not start"),
    stopped: msg("Starting was stopped; what runs already goes on running"),
  },
  down: {
    running: msg("Stopping the services…"),
    done: msg("The services are stopped"),
    failed: msg("The services could not be stopped"),
    stopped: msg("Stopping was broken off"),
  },
};

/** The command that runs, or the last one, with the end of what it wrote. */
export function ComposeOutput({ run }: { run: ComposeRun }) {
  const { what, state, lines, seconds, problem } = run;
  const text = lines.join("\n");
  return (
    <div className={classes.output}>
      <div className={classes.outputHead}>
        <span role="status" className={classes.outputTitle}>
          {state === "running" && <Loader size={14} aria-hidden />}
          {t(HEADLINE[what][state])}
          {seconds !== null && ` (${formatDuration(seconds)})`}
        </span>
        {state === "running" ? (
          <Button size="compact-sm" variant="default" onClick={stopWork}>
            {t("Break off")}
          </Button>
        ) : (
          <>
            {text !== "" && <CopyTextButton text={text} />}
            <Button size="compact-sm" variant="default" onClick={() => useStackWork.setState({ compose: null })}>
              {t("Clear")}
            </Button>
          </>
        )}
      </div>
      {/* Its message ends with the next step. */}
      {problem !== null && <ProblemNote problem={{ ...problem, nextStep: "" }} />}
      {text !== "" && <Lines text={text} />}
    </div>
  );
}

/** Follows its end, unless somebody has scrolled up to read. */
function Lines({ text }: { text: string }) {
  const box = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (element !== null && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [text]);
  return (
    <pre
      ref={box}
      className={classes.lines}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard.
      tabIndex={0}
      role="log"
      aria-label={t("What Docker Compose says")}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      {text}
    </pre>
  );
}

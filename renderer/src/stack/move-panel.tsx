import { Checkbox } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { useState } from "react";
import type { StackStatus } from "../../../shared/contract/stack.ts";
import type { Settings } from "../../../shared/contract/system.ts";
import { Confirm } from "../lib/confirm.tsx";
import { msg, t } from "../lib/i18n/i18n.ts";
import { ElsewhereNote } from "./docker-panel.tsx";
import { MoveProgress } from "./move-progress.tsx";
import classes from "./stack-page.module.css";
import { startMove } from "./stack-run.ts";
import { isBusy, useStackWork } from "./stack-store.ts";
import { isRunning } from "./words.ts";

interface Props {
  status: StackStatus;
  settings: Settings | undefined;
  here: boolean;
}

const TO = {
  stack: {
    title: msg("Move to the stack"),
    text: msg(
      "Copies products, pictures, vectors and journal to the services, and checks the copy against what is here.",
    ),
    where: msg("the services"),
  },
  embedded: {
    title: msg("Move into the app"),
    text: msg("Copies products, pictures, vectors and journal from the services into the app, and checks the copy."),
    where: msg("the app"),
  },
} as const;

/** Why a move can't begin just now; null where it can. */
function obstacle({ docker, containers, services }: StackStatus, settings: Settings | undefined): string | null {
  if (settings?.restart.includes("parts.profile")) return t("The profile has been changed already. Restart first.");
  if (settings?.fixed.includes("parts.profile")) {
    return t("The profile is given by the command line or the environment. Start Shelfmatch without it, then move.");
  }
  const nothingRuns = services.length === 0 && docker.state === "ready" && !containers.some(isRunning);
  return nothingRuns ? t("Start the services first, unless they run on another machine.") : null;
}

export function MovePanel({ status, settings, here }: Props) {
  const to = status.profile === "embedded" ? "stack" : "embedded";
  const [title, where] = [t(TO[to].title), t(TO[to].where)];
  const busy = useStackWork(isBusy);
  const move = useStackWork((work) => work.move);
  const [replace, setReplace] = useState(false);
  const why = obstacle(status, settings);
  const blocked = settings?.restart.includes("parts.profile") || settings?.fixed.includes("parts.profile");
  return (
    <section className={classes.card} aria-labelledby="stack-move">
      <h2 id="stack-move" className={classes.cardTitle}>
        {title}
      </h2>
      <p className={classes.text}>
        {t(TO[to].text)} {t("Nothing is taken away: what is copied stays where it is too.")}
      </p>
      {why !== null && move?.state !== "running" && move?.state !== "done" && <p className={classes.quiet}>{why}</p>}
      {move !== null && <MoveProgress run={move} />}
      {!here && <ElsewhereNote />}
      {here && move?.state !== "running" && move?.state !== "done" && (
        <div className={classes.buttons}>
          <Confirm
            label={move?.state === "failed" || move?.state === "stopped" ? t("Move again") : title}
            icon={IconArrowsExchange}
            disabled={busy || blocked === true}
            title={`${title}?`}
            confirm={t("Move")}
            keep={t("Not now")}
            onConfirm={() => void startMove(to, replace)}
          >
            <p>
              {t(
                "Everything is copied to {where}. You can go on working meanwhile; what changes is copied again. Large catalogues take a while, and a move that is broken off goes on where it stopped.",
                { where },
              )}
            </p>
            <p>
              {t(
                "Vectors are copied as they are where the same models run there; otherwise they are made anew after the restart. When the copy is checked, the settings name it, and it is used from the next start on.",
              )}
            </p>
            <Checkbox
              checked={replace}
              onChange={(event) => setReplace(event.currentTarget.checked)}
              label={t("Delete products there that are not in this catalogue")}
              description={t(
                "From an earlier move, for example. Left off, such products stop the move before it begins.",
              )}
            />
          </Confirm>
        </div>
      )}
    </section>
  );
}

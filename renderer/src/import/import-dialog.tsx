import { Modal } from "@mantine/core";
import { useEffect } from "react";
import { useSearchParams } from "wouter";
import { msg, t } from "../lib/i18n/i18n.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { ColumnsStep } from "./columns-step.tsx";
import classes from "./import-dialog.module.css";
import { ImportProgressView } from "./import-progress.tsx";
import { openImport } from "./import-run.ts";
import { ImportSource } from "./import-source.tsx";
import { type ImportStep, stepOf, useImport } from "./import-store.ts";
import { PlanStep } from "./plan-step.tsx";

const STEPS = [
  ["source", msg("Source")],
  ["columns", msg("Columns")],
  ["plan", msg("Dry run")],
  ["run", msg("Import")],
] as const satisfies [ImportStep, string][];

/** The way of an import, step by step. Closing it does not stop the import: the navigation keeps showing it. */
export function ImportDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const state = useImport();
  const [params, setParams] = useSearchParams();
  const said = params.get("import");
  const step = stepOf(state);
  const importId = state.progress?.importId ?? state.preview?.importId ?? null;

  // A link names the import that it leads to; the address follows what is shown.
  useEffect(() => {
    if (said !== null && said.length > 1) void openImport(said);
  }, [said]);
  useEffect(() => {
    if (!opened || importId === null) return;
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        next.set("import", importId);
        return next;
      },
      { replace: true },
    );
  }, [opened, importId, setParams]);

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("Import products")}
      size={step === "columns" || step === "plan" || (state.progress?.badRows ?? 0) > 0 ? 1180 : "lg"}
      closeButtonProps={{ "aria-label": t("Close") }}
    >
      <ol className={classes.steps} aria-label={t("Steps")}>
        {STEPS.map(([name, label]) => (
          <li key={name} aria-current={name === step ? "step" : undefined}>
            {t(label)}
          </li>
        ))}
      </ol>
      {state.problem !== null && step !== "run" && <ProblemNote problem={state.problem} />}
      {step === "source" && <ImportSource />}
      {step === "columns" && state.preview !== null && <ColumnsStep preview={state.preview} reading={state.reading} />}
      {step === "plan" && state.progress !== null && <PlanStep progress={state.progress} />}
      {step === "run" && <ImportProgressView onClose={onClose} />}
    </Modal>
  );
}

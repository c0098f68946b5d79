import { Badge, Button, Skeleton, Table } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ServedModel } from "../../../shared/contract/stack.ts";
import { Confirm } from "../lib/confirm.tsx";
import { formatCount, formatMs } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import classes from "./stack-page.module.css";
import { modelsQuery } from "./stack-queries.ts";
import { batchLine, modelWords } from "./words.ts";

const count = (value: number | null) => (value === null ? "–" : formatCount(value));

/** What Triton serves. @param needed the models that this app asks for */
export function ModelsPanel({ needed }: { needed: readonly string[] }) {
  const models = useQuery(modelsQuery);
  const queries = useQueryClient();
  const onSuccess = (data: ServedModel[]) => queries.setQueryData(api.stack.models.queryKey(), data);
  const load = useMutation(api.stack.loadModel.mutationOptions({ onSuccess }));
  const unload = useMutation(api.stack.unloadModel.mutationOptions({ onSuccess }));
  const changing = load.isPending ? load.variables.name : unload.isPending ? unload.variables.name : null;
  const failure = load.error ?? unload.error;
  return (
    <section className={classes.card} aria-labelledby="stack-models">
      <h2 id="stack-models" className={classes.cardTitle}>
        {t("Models on Triton")}
      </h2>
      {models.isPending && <Skeleton height={120} />}
      {models.isError && <ProblemNote problem={toProblem(models.error)} onRetry={() => void models.refetch()} />}
      {failure !== null && <ProblemNote problem={toProblem(failure)} />}
      {models.data !== undefined && models.data.length === 0 && (
        <p className={classes.text}>{t("Triton's model repository is empty.")}</p>
      )}
      {models.data !== undefined && models.data.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways in a narrow window.
        <section className={classes.scroll} tabIndex={0} aria-label={t("Table of the models")}>
          <Table verticalSpacing={7} horizontalSpacing={10} fz={13} aria-labelledby="stack-models">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w="34%">{t("Model")}</Table.Th>
                <Table.Th>{t("State")}</Table.Th>
                <Table.Th ta="right">{t("Inferences")}</Table.Th>
                <Table.Th ta="right">{t("Executions")}</Table.Th>
                <Table.Th className={classes.number ?? ""}>{t("A batch")}</Table.Th>
                <Table.Th className={classes.number ?? ""}>{t("From cache")}</Table.Th>
                <Table.Th ta="right">{t("Average")}</Table.Th>
                <Table.Th aria-label={t("Actions")} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {models.data.map((model) => (
                <Row
                  key={`${model.name} ${model.version}`}
                  model={model}
                  needed={needed.includes(model.name)}
                  changing={changing}
                  onLoad={() => load.mutate({ name: model.name })}
                  onUnload={() => unload.mutate({ name: model.name })}
                />
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
    </section>
  );
}

interface RowProps {
  model: ServedModel;
  needed: boolean;
  /** The model that is being loaded or unloaded. */
  changing: string | null;
  onLoad: () => void;
  onUnload: () => void;
}

function Row({ model, needed, changing, onLoad, onUnload }: RowProps) {
  const { name, version, reason } = model;
  const { label, color } = modelWords(model.state);
  return (
    <Table.Tr>
      <Table.Td>
        <span className={classes.modelName}>{name}</span>
        <span className={classes.quiet}>
          {version === "" ? "" : t("version {version}", { version })}
          {needed && `${version === "" ? "" : ", "}${t("used by this app")}`}
        </span>
        {reason !== "" && <span className={classes.reason}>{reason}</span>}
      </Table.Td>
      <Table.Td>
        <Badge variant="light" color={color} tt="none" fw={550} size="sm">
          {label}
        </Badge>
      </Table.Td>
      <Table.Td className={classes.number}>{count(model.inferences)}</Table.Td>
      <Table.Td className={classes.number}>{count(model.executions)}</Table.Td>
      <Table.Td className={classes.number}>{batchLine(model)}</Table.Td>
      <Table.Td className={classes.number}>{count(model.cacheHits)}</Table.Td>
      <Table.Td className={classes.number}>{model.averageMs === null ? "–" : formatMs(model.averageMs)}</Table.Td>
      <Table.Td className={classes.number}>
        {model.state === "READY" ? (
          <Confirm
            compact
            label={t("Unload")}
            ariaLabel={t("Unload {name}", { name })}
            disabled={changing !== null}
            title={t("Unload {name}?", { name })}
            confirm={t("Unload")}
            keep={t("Keep it")}
            onConfirm={onUnload}
          >
            {needed
              ? t("This app asks for it at every match: matching stops until it is loaded again.")
              : t("It frees its memory on Triton. Other programs that use it fail until it is loaded again.")}
          </Confirm>
        ) : (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Load ${name}`}
            loading={changing === name}
            disabled={changing !== null}
            onClick={onLoad}
          >
            {t("Load")}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

import { Button, Group, NumberInput, Radio, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconFolder } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { EvaluationOptionsInput } from "../../../shared/contract/evaluate.ts";
import { formatCount } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api, healthQuery } from "../lib/queries.ts";
import { againstOptions, againstSetting } from "./against.ts";
import classes from "./evaluate-page.module.css";
import { type StartSource, startEvaluation } from "./evaluation-run.ts";
import { isOver, useEvaluation } from "./evaluation-store.ts";
import { pickFolder } from "./pick-folder.ts";

const DEFAULT_PRODUCTS = 50;

type Kind = StartSource["kind"];

interface Props {
  /** Whether nothing was evaluated yet: it is said what this is for. */
  first: boolean;
  onStarted: (id: string) => void;
}

export function StartForm({ first, onStarted }: Props) {
  const [kind, setKind] = useState<Kind>("made");
  const [products, setProducts] = useState<number | string>(DEFAULT_PRODUCTS);
  const [folder, setFolder] = useState<{ files: File[]; paths: string[] } | null>(null);
  const [name, setName] = useState("");
  const [leaveOut, setLeaveOut] = useState(true);
  const [baselines, setBaselines] = useState(true);
  const [against, setAgainst] = useState<string | null>(null);
  const { running, uploading, problem } = useEvaluation();
  const health = useQuery(healthQuery);
  const encoders = useQuery(api.system.encoders.queryOptions());
  const indexed = health.data?.products?.indexed;
  const againstEncoder = against !== null && againstSetting(against)?.encoder !== undefined;
  const busy = uploading || (running !== null && !isOver(running));
  const empty = indexed !== undefined && indexed < 2;

  async function start(): Promise<void> {
    const setting = against === null ? undefined : againstSetting(against);
    const options: EvaluationOptionsInput = {
      ...{ leaveOut, baselines },
      ...(name.trim() === "" ? {} : { name: name.trim() }),
      ...(setting === undefined ? {} : { against: setting }),
    };
    const source: StartSource | null =
      kind === "made"
        ? { kind, products: Math.max(2, Number(products) || DEFAULT_PRODUCTS) }
        : kind === "feedback"
          ? { kind }
          : folder && { kind, ...folder };
    const id = source === null ? null : await startEvaluation(source, options);
    if (id !== null) onStarted(id);
  }

  return (
    <form
      className={classes.card}
      aria-label={t("New evaluation")}
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <h2 className={classes.cardTitle}>{t("How well does it find your products?")}</h2>
      {first && (
        <Text size="sm" c="dimmed" maw={640} mb="sm">
          {t(
            "Photos whose right answer is known are matched like any other. You see how often the right product comes first, whether “not in the catalogue” is said when it should be, and every mistake beside what was wanted.",
          )}
        </Text>
      )}
      <Stack gap="md" maw={640}>
        <Radio.Group label={t("Which photos?")} value={kind} onChange={(value) => setKind(value as Kind)}>
          <Stack gap={8} mt={6}>
            <Radio
              value="made"
              label={t("Made of the catalogue’s pictures")}
              description={t(
                "Turned, cropped, darkened, blurred, half covered, before another background. Needs no photos; real ones are harder.",
              )}
            />
            <Radio
              value="folder"
              label={t("My own photos, sorted by product")}
              description={t(
                "A folder for each product, named by its SKU. Photos of things that you do not sell go into a folder _absent.",
              )}
            />
            <Radio
              value="feedback"
              label={t("Photos that were judged on the Match page")}
              description={t(
                "Those called right, “this one” or not in the catalogue, as long as the settings keep them.",
              )}
            />
          </Stack>
        </Radio.Group>
        {kind === "made" && (
          <NumberInput
            label={t("Products to ask for")}
            description={
              indexed === undefined
                ? undefined
                : t("Of {count}. More take longer and make the figures surer.", { count: formatCount(indexed) })
            }
            value={products}
            onChange={setProducts}
            min={2}
            max={100_000}
            allowDecimal={false}
            w={340}
          />
        )}
        {kind === "folder" && (
          <Group gap="sm">
            <Button
              variant="default"
              leftSection={<IconFolder size={16} />}
              onClick={() => void pickFolder().then((picked) => picked && setFolder(picked))}
            >
              {t("Choose the folder")}
            </Button>
            <Text size="sm" c="dimmed" role="status">
              {folder === null
                ? t("Nothing chosen yet")
                : t("{count, plural, one {# photo} other {# photos}} chosen", { count: folder.files.length })}
            </Text>
          </Group>
        )}
        <Select
          label={t("Try another setting on the same photos")}
          placeholder={t("No")}
          clearable
          description={
            againstEncoder
              ? t("All {count} products are embedded by it first, beside the vectors in use; that can take minutes.", {
                  count: formatCount(indexed ?? 0),
                })
              : undefined
          }
          data={againstOptions(encoders.data?.choices ?? [])}
          value={against}
          onChange={setAgainst}
          w={340}
        />
        <Switch
          checked={leaveOut}
          onChange={(event) => setLeaveOut(event.currentTarget.checked)}
          label={t("Ask once more as if the product were not in the catalogue")}
          description={t("Shows whether the app knows what it does not know.")}
        />
        <Switch
          checked={baselines}
          onChange={(event) => setBaselines(event.currentTarget.checked)}
          label={t("Ask two simple methods as well")}
          description={t("A picture hash (pHash) and the image encoder alone, to see what the rest is worth.")}
        />
        <TextInput
          label={t("Name")}
          placeholder={t("For the list, such as “New camera”")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={120}
          w={340}
        />
        {problem !== null && <ProblemNote problem={problem} onRetry={() => void start()} />}
        {empty && (
          <Text size="sm" role="status">
            {t("The catalogue needs at least two products with pictures first.")}
          </Text>
        )}
        <Group>
          <Button type="submit" loading={uploading} disabled={busy || empty || (kind === "folder" && folder === null)}>
            {t("Start")}
          </Button>
          {busy && !uploading && (
            <Text size="sm" c="dimmed">
              {t("An evaluation is running; one runs at a time.")}
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}

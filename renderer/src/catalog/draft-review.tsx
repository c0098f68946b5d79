import { Button, Group, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Draft } from "../../../shared/contract/drafts.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import classes from "./draft-review.module.css";

/** One draft beside the picture that it was made of: accepted as it is, accepted as edited, or rejected. */
export function DraftReview({ draft }: { draft: Draft }) {
  const [text, setText] = useState(draft.description);
  const queries = useQueryClient();
  const onSuccess = async () => {
    await queries.invalidateQueries({ queryKey: api.drafts.key() });
  };
  const accept = useMutation(
    api.drafts.accept.mutationOptions({
      onSuccess: async (product) => {
        notifications.show({ message: t("{name} is described now.", { name: product.name }), color: "pine" });
        await Promise.all([onSuccess(), queries.invalidateQueries({ queryKey: api.catalog.key() })]);
      },
    }),
  );
  const reject = useMutation(api.drafts.reject.mutationOptions({ onSuccess }));
  const failure = accept.error ?? reject.error;
  const busy = accept.isPending || reject.isPending;
  const edited = text.trim() !== draft.description.trim();
  return (
    <article className={classes.draft} aria-label={t("Draft for {name}", { name: draft.name })}>
      <Thumbnail hash={draft.picture} size={88} />
      <div className={classes.body}>
        <h3 className={classes.name} title={draft.name}>
          {draft.name}
        </h3>
        <span className={classes.by}>
          {draft.sku} · {draft.fingerprint}
        </span>
        <Textarea
          aria-label={t("Description of {name}", { name: draft.name })}
          autosize
          minRows={2}
          maxRows={8}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {failure !== null && <ProblemNote problem={toProblem(failure)} />}
        <Group gap="xs">
          <Button
            size="compact-sm"
            leftSection={<IconCheck size={14} />}
            loading={accept.isPending}
            disabled={busy || text.trim() === ""}
            onClick={() => accept.mutate({ sku: draft.sku, description: text.trim() })}
          >
            {edited ? t("Accept as edited") : t("Accept")}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconX size={14} />}
            loading={reject.isPending}
            disabled={busy}
            onClick={() => reject.mutate({ sku: draft.sku })}
          >
            {t("Reject")}
          </Button>
        </Group>
      </div>
    </article>
  );
}

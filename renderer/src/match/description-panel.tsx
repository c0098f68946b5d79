import { Badge, Button, Loader } from "@mantine/core";
import { IconArrowBackUp, IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import type { PictureDescription, PictureWords } from "../../../shared/contract/describe.ts";
import type { MatchResult } from "../../../shared/contract/match.ts";
import { t } from "../lib/i18n/i18n.ts";
import { CorrectDescription } from "./correct-description.tsx";
import { correctDescription } from "./correction.ts";
import classes from "./description-panel.module.css";
import { byLine, FIELD_LABELS } from "./description-words.ts";
import { Fact, Facts } from "./facts.tsx";
import { swatchOf } from "./swatch.ts";
import why from "./why.module.css";

interface Props {
  result: MatchResult;
  complete: boolean;
}

const NOTHING: PictureWords = { caption: "", category: "", colours: [], material: "", brand: "", text: [] };

/** The picture in words: by the app, a model or a person, and a form to say it better. */
export function DescriptionPanel({ result, complete }: Props) {
  const [editing, setEditing] = useState<string | null>(null);
  const { described, picture } = result;
  if (picture === null)
    return <p className={classes.note}>{t("There is no picture: your words are searched by as they are.")}</p>;
  // Of another picture the form would be another one's.
  if (editing === picture.hash) {
    const done = () => setEditing(null);
    return (
      <CorrectDescription result={result} picture={picture.hash} words={described?.words ?? NOTHING} onDone={done} />
    );
  }
  return (
    <div data-testid="description">
      <div className={classes.head}>
        {result.describing ? (
          <span className={classes.waiting} role="status">
            <Loader size={14} aria-hidden />
            {t("The model is looking at the picture")}
          </span>
        ) : (
          <span className={classes.by}>{described === null ? missing(complete) : byLine(described)}</span>
        )}
        <span className={classes.actions}>
          {described?.by === "user" && (
            <Button
              size="compact-sm"
              variant="subtle"
              color="slate"
              leftSection={<IconArrowBackUp size={14} />}
              disabled={!complete}
              onClick={() => void correctDescription(result, picture.hash, null)}
            >
              {t("Take it back")}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPencil size={14} />}
            disabled={!complete}
            onClick={() => setEditing(picture.hash)}
          >
            {described === null ? t("Describe it yourself") : t("Correct it")}
          </Button>
        </span>
      </div>
      {described !== null && <Words description={described} />}
    </div>
  );
}

const missing = (complete: boolean) =>
  complete ? t("No description was made") : t("The description comes behind the answer");

function Words({ description }: { description: PictureDescription }) {
  const { words, by } = description;
  return (
    <>
      <Facts>
        {(Object.keys(FIELD_LABELS) as (keyof PictureWords)[]).map((field) => (
          <Fact key={field} name={t(FIELD_LABELS[field])}>
            <Value field={field} value={words[field]} />
          </Fact>
        ))}
      </Facts>
      {by === "model" && (
        <p className={classes.note}>
          {t(
            "It decides the order among products that are nearly as likely, not how likely they are: how often it is right has not been measured.",
          )}
        </p>
      )}
      {by === "user" && <p className={classes.note}>{t("It counts as a note that goes with the picture.")}</p>}
    </>
  );
}

function Value({ field, value }: { field: keyof PictureWords; value: string | readonly string[] }) {
  if (value.length === 0) return <span className={classes.by}>{t("not known")}</span>;
  if (typeof value === "string") return value;
  if (field !== "colours") return value.join(" / ");
  return value.map((name) => (
    <Badge
      key={name}
      variant="default"
      tt="none"
      fw={500}
      leftSection={<span className={why.swatch} style={{ background: swatchOf(name) }} aria-hidden />}
    >
      {name}
    </Badge>
  ));
}

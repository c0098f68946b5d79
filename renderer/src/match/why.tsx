import { Badge } from "@mantine/core";
import { Link } from "wouter";
import type { Candidate, MatchResult } from "../../../shared/contract/match.ts";
import { formatPercent } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { useAnswer } from "./answer-store.ts";
import { Fact, Facts } from "./facts.tsx";
import { swatchOf } from "./swatch.ts";
import classes from "./why.module.css";

interface Props {
  result: MatchResult;
  complete: boolean;
}

/** What the answer rests on: how near the candidate is, and what was seen in the picture. */
export function Why({ result, complete }: Props) {
  const chosen = useAnswer((state) => state.chosen);
  const candidate = result.matches[chosen] ?? result.matches[0];
  const { description } = result;
  return (
    <Facts>
      {candidate !== undefined && <Nearness candidate={candidate} />}
      {description === null ? (
        <Fact name={t("Description")}>{complete ? t("None was made.") : t("Still being made…")}</Fact>
      ) : (
        <>
          {description.caption !== "" && <Fact name={t("Seen")}>{description.caption}</Fact>}
          {description.classes.length > 0 && (
            <Fact name={t("Kind")}>
              {description.classes.map((one) => (
                <Badge key={one.name} variant="default" tt="none" fw={500}>
                  {one.name} {formatPercent(one.probability)}
                </Badge>
              ))}
            </Fact>
          )}
          {description.colors.length > 0 && (
            <Fact name={t("Colours")}>
              {description.colors.map((color) => (
                <span key={color.name} className={classes.color}>
                  <span className={classes.swatch} style={{ background: swatchOf(color.name) }} aria-hidden />
                  {color.name} {formatPercent(color.share)}
                </span>
              ))}
            </Fact>
          )}
          {description.text.length > 0 && <Fact name={t("Text read")}>{description.text.join(" / ")}</Fact>}
          {description.barcodes.length > 0 && (
            <Fact name={t("Barcodes")}>
              {description.barcodes.map((code) => `${code.text} (${code.format})`).join(", ")}
            </Fact>
          )}
        </>
      )}
      {result.warnings.map((warning) => (
        <Fact key={warning} name="Left out">
          {warning}
        </Fact>
      ))}
      <Fact name={t("Run")}>
        <code>{result.runId}</code>
        {complete && result.picture !== null && candidate !== undefined && (
          <Link href={`/map?run=${result.runId}&product=${encodeURIComponent(candidate.sku)}`}>
            {t("Show it on the map")}
          </Link>
        )}
      </Fact>
    </Facts>
  );
}

function Nearness({ candidate }: { candidate: Candidate }) {
  const { image, text, textToImage, described } = candidate.similarity;
  return (
    <>
      {candidate.barcode !== null && (
        <Fact name={t("Barcode")}>{t("{barcode}, looked up exactly", { barcode: candidate.barcode })}</Fact>
      )}
      {image !== null && <Similarity name={t("Looks alike")} value={image} />}
      {text !== null && <Similarity name={t("Reads alike")} value={text} />}
      {described !== null && <Similarity name={t("As described")} value={described} />}
      {textToImage !== null && <Similarity name={t("Words fit the picture")} value={textToImage} />}
      <Fact name={t("Points")}>
        {candidate.inliers === null
          ? t("Not compared point by point")
          : t("{count} agree on one geometry", { count: candidate.inliers })}
      </Fact>
      {candidate.sharedWords.length > 0 && (
        <Fact name={t("Shared words")}>
          {candidate.sharedWords.map((word) => (
            <Badge key={word} variant="light" tt="none" fw={500}>
              {word}
            </Badge>
          ))}
        </Fact>
      )}
    </>
  );
}

function Similarity({ name, value }: { name: string; value: number }) {
  return (
    <Fact name={name}>
      <span className={classes.bar} aria-hidden>
        <span style={{ width: `${Math.max(0, Math.min(1, value)) * 100}%` }} />
      </span>
      <span className="tabular">{value.toFixed(3)}</span>
    </Fact>
  );
}

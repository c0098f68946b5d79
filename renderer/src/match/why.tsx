import { Badge } from "@mantine/core";
import type { Candidate, MatchResult } from "../../../shared/contract/match.ts";
import { formatPercent } from "../lib/format.ts";
import { useAnswer } from "./answer-store.ts";
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
    <dl className={classes.why}>
      {candidate !== undefined && <Nearness candidate={candidate} />}
      {description === null ? (
        <Row name="Description">{complete ? "None was made." : "Still being made…"}</Row>
      ) : (
        <>
          {description.caption !== "" && <Row name="Seen">{description.caption}</Row>}
          {description.classes.length > 0 && (
            <Row name="Kind">
              {description.classes.map((one) => (
                <Badge key={one.name} variant="default" tt="none" fw={500}>
                  {one.name} {formatPercent(one.probability)}
                </Badge>
              ))}
            </Row>
          )}
          {description.colors.length > 0 && (
            <Row name="Colours">
              {description.colors.map((color) => (
                <span key={color.name} className={classes.color}>
                  <span className={classes.swatch} style={{ background: swatchOf(color.name) }} aria-hidden />
                  {color.name} {formatPercent(color.share)}
                </span>
              ))}
            </Row>
          )}
          {description.text.length > 0 && <Row name="Text read">{description.text.join(" / ")}</Row>}
          {description.barcodes.length > 0 && (
            <Row name="Barcodes">{description.barcodes.map((code) => `${code.text} (${code.format})`).join(", ")}</Row>
          )}
        </>
      )}
      {result.warnings.map((warning) => (
        <Row key={warning} name="Left out">
          {warning}
        </Row>
      ))}
      <Row name="Run">
        <code>{result.runId}</code>
      </Row>
    </dl>
  );
}

function Nearness({ candidate }: { candidate: Candidate }) {
  const { image, text, textToImage, described } = candidate.similarity;
  return (
    <>
      {candidate.barcode !== null && <Row name="Barcode">{candidate.barcode}, looked up exactly</Row>}
      {image !== null && <Similarity name="Looks alike" value={image} />}
      {text !== null && <Similarity name="Reads alike" value={text} />}
      {described !== null && <Similarity name="As described" value={described} />}
      {textToImage !== null && <Similarity name="Words fit the picture" value={textToImage} />}
      <Row name="Points">
        {candidate.inliers === null ? "Not compared point by point" : `${candidate.inliers} agree on one geometry`}
      </Row>
      {candidate.sharedWords.length > 0 && (
        <Row name="Shared words">
          {candidate.sharedWords.map((word) => (
            <Badge key={word} variant="light" tt="none" fw={500}>
              {word}
            </Badge>
          ))}
        </Row>
      )}
    </>
  );
}

function Similarity({ name, value }: { name: string; value: number }) {
  return (
    <Row name={name}>
      <span className={classes.bar} aria-hidden>
        <span style={{ width: `${Math.max(0, Math.min(1, value)) * 100}%` }} />
      </span>
      <span className="tabular">{value.toFixed(3)}</span>
    </Row>
  );
}

function Row({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className={classes.row}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

import type { EncoderChoice, EncoderTrial } from "../../../shared/contract/system.ts";
import { formatCount, formatDuration } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";

const PRECISIONS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^fp16w$/, "FP16 weights"],
  [/^int8w$/, "INT8 weights"],
  [/^int8/, "INT8"],
  [/^fp8/, "FP8"],
  [/^fp16/, "FP16"],
  [/^fp32/, "FP32"],
];

const PLACES: Record<EncoderChoice["place"], Message> = {
  app: msg("ships with the app"),
  models: msg("in the folder of models"),
  triton: msg("on Triton"),
};

/** An encoder's precision as people name it; one that is not known keeps its own name. */
function precisionLabel(precision: string): string {
  return PRECISIONS.find(([pattern]) => pattern.test(precision))?.[1] ?? precision;
}

/** What tells it from the others, under its name. */
export function factsOf({ fault, side, dimensions, precision, place, findsByWords }: EncoderChoice): string {
  if (fault !== null) return `${t("Can't be used:")} ${fault}`;
  return [
    side === null ? "" : `${side} px`,
    dimensions === null ? "" : t("{count} dimensions", { count: formatCount(dimensions) }),
    precision === null ? "" : precisionLabel(precision),
    findsByWords ? t("words find pictures") : "",
    t(PLACES[place]),
  ]
    .filter((fact) => fact !== "")
    .join(" · ");
}

/** What choosing it means, after it was tried. */
export function meaningOf({ searched, tried, products, estimatedSeconds }: EncoderTrial): string {
  if (searched) return t("It works. The vectors that are searched now are its own: nothing is embedded anew.");
  if (products === 0) return t("It works. The catalogue is empty: nothing need be embedded anew.");
  return t(
    "It works. After the next start all {products} products are embedded anew (about {time}, as {tried} of them took now); until that is done, the encoder in use goes on finding them.",
    {
      products: formatCount(products),
      time: formatDuration(Math.max(1, estimatedSeconds)),
      tried: formatCount(tried),
    },
  );
}

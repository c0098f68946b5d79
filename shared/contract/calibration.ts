import { z } from "zod";
import { base } from "./base.ts";

/** Calibration: what turns evidence into a probability, measured anew on the user's own catalogue. */

const figures = z.object({
  logLoss: z.number().describe("Mean negative log-likelihood of whether the first candidate is right; less is better."),
  ece: z.number().describe("Expected calibration error over ten bins, 0..1."),
});

export const recalibrationSchema = z.object({
  time: z.iso.datetime(),
  products: z.number().int().describe("Products that the catalogue had."),
  sampled: z.number().int().describe("Of those, the ones that queries were made of."),
  queries: z.number().int().describe("Made queries that were asked."),
  labelled: z.number().int().describe("Judged real photos that took part."),
  seconds: z.number(),
  taken: z.boolean().describe("False where the calibration that ships with the app was better."),
  kinds: z.array(
    z.object({
      kind: z.string(),
      answers: z.number().int(),
      before: figures.nullable().describe("Of the shipped calibration, on the same answers; null of too few."),
      after: figures.nullable().describe("Of the fit, each answer judged by one that did not see its product."),
      taken: z.boolean(),
    }),
  ),
});
export type Recalibration = z.infer<typeof recalibrationSchema>;

export const calibrationStateSchema = z.object({
  inForce: z.object({
    own: z.boolean().describe("Whether it was fitted on this catalogue; else it is the shipped one."),
    measuredOn: z.string(),
    fits: z.boolean().describe("Whether it was measured with the encoder in use."),
  }),
  last: recalibrationSchema.nullable().describe("The last refit with this encoder, whether it was taken or not."),
  due: z
    .enum(["encoder", "grown", "feedback"])
    .nullable()
    .describe("Why a refit would pay: another encoder, a catalogue grown by half, many judged answers since."),
  labelled: z.number().int().describe("Judged real photos that would take part now."),
  work: z.object({
    state: z.enum(["idle", "running", "failed", "cancelled"]),
    done: z.number().int(),
    total: z.number().int(),
    error: z.string().nullable(),
  }),
});
export type CalibrationState = z.infer<typeof calibrationStateSchema>;

const tags = ["calibration"];

export const calibrationContract = {
  state: base
    .route({
      method: "GET",
      path: "/calibration",
      summary: "Which calibration is in force, and whether to refit",
      tags,
    })
    .output(calibrationStateSchema),
  refit: base
    .route({
      method: "POST",
      path: "/calibration",
      summary: "Fit the calibration anew on this catalogue and its judged photos; goes on by itself",
      tags,
      successStatus: 202,
    })
    .input(z.object({ products: z.coerce.number().int().min(10).max(1000).optional().describe("Sampled at most.") }))
    .output(calibrationStateSchema),
  cancel: base
    .route({ method: "DELETE", path: "/calibration/refit", summary: "Stop the refit; nothing changes", tags })
    .output(calibrationStateSchema),
  reset: base
    .route({
      method: "DELETE",
      path: "/calibration",
      summary: "Go back to the calibration that ships with the app",
      tags,
    })
    .output(calibrationStateSchema),
};

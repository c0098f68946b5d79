import { activityRouter } from "./activity.ts";
import { os } from "./base.ts";
import { batchRouter } from "./batch.ts";
import { calibrationRouter } from "./calibration.ts";
import { binRouter, bulkRouter, catalogRouter, historyRouter, viewsRouter } from "./catalog.ts";
import { dataRouter } from "./data.ts";
import { draftsRouter } from "./drafts.ts";
import { duplicatesRouter } from "./duplicates.ts";
import { evaluateRouter } from "./evaluate.ts";
import { exportsRouter } from "./exports.ts";
import { importsRouter } from "./imports.ts";
import { journalRouter } from "./journal.ts";
import { mapRouter } from "./map.ts";
import { matchRouter } from "./match.ts";
import { stackRouter } from "./stack.ts";
import { systemRouter } from "./system.ts";

/** The whole contract, implemented; every door calls this one router. */
export const router = os.router({
  activity: activityRouter,
  match: matchRouter,
  catalog: catalogRouter,
  history: historyRouter,
  bin: binRouter,
  views: viewsRouter,
  bulk: bulkRouter,
  drafts: draftsRouter,
  duplicates: duplicatesRouter,
  imports: importsRouter,
  exports: exportsRouter,
  evaluate: evaluateRouter,
  batch: batchRouter,
  calibration: calibrationRouter,
  map: mapRouter,
  journal: journalRouter,
  stack: stackRouter,
  data: dataRouter,
  system: systemRouter,
});

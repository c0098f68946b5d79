import { activityContract } from "./activity.ts";
import { batchContract } from "./batch.ts";
import { binContract } from "./bin.ts";
import { bulkContract } from "./bulk.ts";
import { calibrationContract } from "./calibration.ts";
import { catalogContract } from "./catalog.ts";
import { dataContract } from "./data.ts";
import { draftsContract } from "./drafts.ts";
import { duplicatesContract } from "./duplicates.ts";
import { evaluateContract } from "./evaluate.ts";
import { exportsContract } from "./exports.ts";
import { historyContract } from "./history.ts";
import { importsContract } from "./imports.ts";
import { journalContract } from "./journal.ts";
import { mapContract } from "./map.ts";
import { matchContract } from "./match.ts";
import { stackContract } from "./stack.ts";
import { systemContract } from "./system.ts";
import { viewsContract } from "./views.ts";

/** Everything the app offers, declared once; the doors (desktop bridge, web host, command line) all derive from it. */
export const contract = {
  activity: activityContract,
  match: matchContract,
  catalog: catalogContract,
  history: historyContract,
  bin: binContract,
  views: viewsContract,
  bulk: bulkContract,
  drafts: draftsContract,
  duplicates: duplicatesContract,
  imports: importsContract,
  exports: exportsContract,
  evaluate: evaluateContract,
  batch: batchContract,
  calibration: calibrationContract,
  map: mapContract,
  journal: journalContract,
  stack: stackContract,
  data: dataContract,
  system: systemContract,
};
export type Contract = typeof contract;

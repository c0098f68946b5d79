import { parentPort, workerData } from "node:worker_threads";
import * as scran from "scran.js";

/**
 * Lays vectors out on a plane, off the engine's thread: PCA of a sample to few dimensions, the rest projected as it
 * comes, then UMAP (McInnes, Healy, Melville 2018) of their nearest neighbours. Each message is answered by one, but
 * for the layout, which says how far it is.
 */

export interface LayoutOptions {
  threads: number;
  /** Vectors that will come, at the most. */
  most: number;
  /** Floats of each. */
  dimensions: number;
}

export type LayoutRequest =
  /** Vectors to find the axes by, one behind another. */
  | { step: "axes"; sample: Float32Array }
  /** The next vectors to place, one behind another. */
  | { step: "add"; vectors: Float32Array }
  | { step: "layout" };

export type LayoutReply =
  | { said: "ready" }
  /** Neighbours are found; the share of the epochs that are done. */
  | { said: "progress"; progress: number }
  /** A coordinate a vector, in the order that the vectors came. */
  | { said: "laid"; x: Float32Array; y: Float32Array };

/** Dimensions that are kept: more of them tell noise apart. */
const COMPONENTS = 50;
const NEIGHBOURS = 15;
/** Products up to which neighbours are searched one by one, and the layout has the time to settle whole. */
const EXACT = 10_000;
const EPOCHS = { few: 500, many: 200 };
const MIN_DISTANCE = 0.1;
const SAY_EVERY_MS = 500;

const { threads, most, dimensions } = workerData as LayoutOptions;
const port = parentPort;
if (port === null) throw new Error("layout.worker.ts runs as a worker thread");
const reply = (message: LayoutReply) => port.postMessage(message);

let rotation = new Float32Array();
let components = 0;
let projected = new Float32Array();
let added = 0;

function findAxes(sample: Float32Array): void {
  const matrix = scran.initializeDenseMatrixFromDenseArray(dimensions, sample.length / dimensions, sample);
  const pca = scran.runPca(matrix, { numberOfPCs: COMPONENTS });
  rotation = Float32Array.from(pca.rotation({ copy: true }));
  components = pca.numberOfPCs();
  projected = new Float32Array(most * components);
  pca.free();
  matrix.free();
}

/** Without the mean: what moves all points alike leaves their distances alone. */
function project(vectors: Float32Array): void {
  for (let at = 0; at < vectors.length; at += dimensions) {
    for (let component = 0; component < components; component++) {
      let sum = 0;
      const axis = component * dimensions;
      for (let d = 0; d < dimensions; d++) sum += (vectors[at + d] ?? 0) * (rotation[axis + d] ?? 0);
      projected[added * components + component] = sum;
    }
    added++;
  }
}

function layOut(): void {
  const few = added <= EXACT;
  const index = scran.buildNeighborSearchIndex(projected.subarray(0, added * components), {
    numberOfDims: components,
    numberOfCells: added,
    approximate: !few,
  });
  const neighbors = Math.min(NEIGHBOURS, added - 1);
  const found = scran.findNearestNeighbors(index, neighbors);
  index.free();
  reply({ said: "progress", progress: 0 });
  const epochs = few ? EPOCHS.few : EPOCHS.many;
  const umap = scran.initializeUmap(found, { neighbors, epochs, minDist: MIN_DISTANCE });
  while (umap.currentEpoch() < umap.totalEpochs()) {
    umap.run({ runTime: SAY_EVERY_MS });
    reply({ said: "progress", progress: umap.currentEpoch() / umap.totalEpochs() });
  }
  const { x, y } = umap.extractCoordinates();
  reply({ said: "laid", x: Float32Array.from(x), y: Float32Array.from(y) });
}

await scran.initialize({ numberOfThreads: threads });
port.on("message", (request: LayoutRequest) => {
  if (request.step === "layout") return layOut();
  if (request.step === "axes") findAxes(request.sample);
  else project(request.vectors);
  reply({ said: "ready" });
});
reply({ said: "ready" });

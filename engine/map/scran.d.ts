/** What is used of scran.js (kanaverse), which comes without types: PCA, neighbours and UMAP of libscran, in WebAssembly. */
declare module "scran.js" {
  interface Freed {
    free(): void;
  }
  interface Neighbours extends Freed {
    numberOfCells(): number;
  }
  interface Umap extends Freed {
    currentEpoch(): number;
    totalEpochs(): number;
    /** @param options.runTime milliseconds after which it returns, to be called again */
    run(options: { runTime: number }): void;
    extractCoordinates(): { x: Float64Array; y: Float64Array };
  }
  interface Components extends Freed {
    numberOfPCs(): number;
    /** Column-major [dimensions, components]. */
    rotation(options: { copy: true }): Float64Array;
  }

  export function initialize(options: { numberOfThreads: number }): Promise<boolean>;
  export function terminate(): void;
  /** @param values column-major: a column an observation */
  export function initializeDenseMatrixFromDenseArray(rows: number, columns: number, values: Float32Array): Freed;
  export function runPca(matrix: Freed, options: { numberOfPCs: number }): Components;
  export function buildNeighborSearchIndex(
    values: Float32Array,
    options: { numberOfDims: number; numberOfCells: number; approximate: boolean },
  ): Freed;
  export function findNearestNeighbors(index: Freed, neighbours: number): Neighbours;
  export function initializeUmap(
    neighbours: Neighbours,
    options: { neighbors: number; epochs: number; minDist: number },
  ): Umap;
}

import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { LimitFunction } from "p-limit";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { VectorName } from "../port.ts";
import { buildGraph } from "./builder.ts";
import { messageOf } from "./failures.ts";
import { createGraph, type Graph, openGraph } from "./graph.ts";
import type { Change, PointStore } from "./store.ts";

/**
 * The vectors of one name: the graph in use, kept in step with the store, and replaced by a newly built one when much
 * has changed. A graph is never changed in its structure while it is in use: zvec's own way of that, `optimize` on a
 * collection that is being written to, left points unreadable when it was killed, and lowered recall a little each time.
 */
export interface NamedVectors {
  readonly graph: Graph;
  /** What is wrong, or null. */
  readonly trouble: string | null;
  /** Takes a change that the store already has. To be called one at a time. */
  apply(change: Change): Promise<void>;
  /** Builds now what would be built when it is quiet, and waits for it. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

interface NamedVectorsOptions {
  folder: string;
  name: VectorName;
  dimensions: number;
  store: PointStore;
  /** Runs alone: no write of the collection is under way meanwhile. */
  writing: LimitFunction;
  /** When a graph is due; tests take smaller ones. */
  rebuild?: RebuildPolicy;
  onNotice(message: string): void;
}

export interface RebuildPolicy {
  /** Up to here comparing every point is as fast as a graph, and exact. */
  smallest: number;
  idleMs: number;
}

const POLICY: RebuildPolicy = { smallest: 10_000, idleMs: 30_000 };
/** Changes since the last build, as a part of all points: in the middle of an import, and when it is quiet. */
const BUSY_PART = 1 / 4;
const IDLE_PART = 1 / 40;

export async function openNamedVectors(options: NamedVectorsOptions): Promise<NamedVectors> {
  const { folder, name, dimensions, store, writing, onNotice, rebuild: policy = POLICY } = options;
  const closing = new AbortController();
  /** Changes that the store has and the graph lacks, because writing to it failed. */
  let backlog: Change[] = [];
  let building: Promise<void> | null = null;
  let removedWhileBuilding: number[] = [];
  let writeFailure: string | null = null;
  let buildFailure: string | null = null;
  let idleTimer: NodeJS.Timeout | undefined;

  const newFolder = () => `${name}-${randomBytes(4).toString("hex")}`;
  const removeFolder = (part: string) => rm(join(folder, part), { recursive: true, force: true, maxRetries: 3 });

  /** Makes a graph of everything in the store; nothing may be written meanwhile. */
  async function makeWhole(): Promise<Graph> {
    const part = newFolder();
    const target = join(folder, part);
    const small = store.count(name) <= policy.smallest;
    const lastRow = small
      ? 0
      : await buildGraph({ file: store.file, name, dimensions, folder: target, signal: closing.signal });
    const made = small ? createGraph(target, dimensions) : await openGraph(target);
    await made.add(store.points(name, lastRow));
    store.useGraph(name, part, small ? store.count(name) : 0);
    return made;
  }

  /** Gives the graph what it lacks of the store, and takes away what it has beyond it. */
  async function agree(target: Graph): Promise<void> {
    const [stored, present] = [store.rows(name), target.rows()];
    await target.remove([...present].filter((row) => !stored.has(row)));
    const missing = new Set([...stored].filter((row) => !present.has(row)));
    if (missing.size > policy.smallest) throw new Error(`it lacks ${missing.size} of ${stored.size} points`);
    const first = Math.min(...missing);
    if (missing.size > 0) await target.add(pick(store.points(name, first - 1), missing));
    if (target.size !== stored.size) throw new Error(`it has ${target.size} points of ${stored.size}`);
  }

  async function openCurrent(): Promise<Graph> {
    const { folder: part } = store.graph(name);
    if (part === null) return makeWhole();
    let opened: Graph | null = null;
    try {
      opened = await openGraph(join(folder, part));
      if (!store.clean || opened.size !== store.count(name)) await agree(opened);
      return opened;
    } catch (error) {
      await opened?.close();
      if (error instanceof ShelfmatchError) throw error;
      onNotice(
        `The search graph of ${name} vectors is damaged (${messageOf(error)}). It is made again from the vectors, which are sound.`,
      );
      return makeWhole();
    }
  }

  let graph = await openCurrent();
  await Promise.all(
    readdirSync(folder)
      .filter((part) => part.startsWith(`${name}-`) && part !== store.graph(name).folder)
      .map(removeFolder),
  );

  async function replaceGraph(): Promise<void> {
    const part = newFolder();
    removedWhileBuilding = [];
    const target = join(folder, part);
    const lastRow = await buildGraph({ file: store.file, name, dimensions, folder: target, signal: closing.signal });
    await writing(async () => {
      closing.signal.throwIfAborted();
      const built = await openGraph(target);
      const atSnapshot = built.size;
      await built.remove(removedWhileBuilding);
      const kept = built.size;
      await built.add(store.points(name, lastRow));
      const { folder: oldPart } = store.graph(name);
      store.useGraph(name, part, atSnapshot - kept + (built.size - kept));
      const old = graph;
      graph = built;
      backlog = [];
      await old.close();
      if (oldPart !== null) await removeFolder(oldPart);
    });
  }

  function rebuildWhenDue(part: number): void {
    const { changes } = store.graph(name);
    if (building !== null || closing.signal.aborted) return;
    // What failed once is tried again when it is quiet, not at every write.
    if (buildFailure !== null && part === BUSY_PART) return;
    if (changes <= Math.max(policy.smallest, store.count(name) * part)) return;
    building = replaceGraph()
      .then(() => {
        buildFailure = null;
      })
      .catch((error: unknown) => {
        if (closing.signal.aborted) return;
        buildFailure = `The search graph of ${name} vectors could not be built (${messageOf(error)}); searching is slower until it can.`;
        onNotice(buildFailure);
      })
      .finally(() => {
        building = null;
      });
  }

  function rebuildWhenIdle(): void {
    clearTimeout(idleTimer);
    idleTimer = setTimeout(rebuildWhenDue, policy.idleMs, IDLE_PART).unref();
  }
  // A build that was cut short by the end of the last run is due still.
  rebuildWhenIdle();

  return {
    get graph() {
      return graph;
    },
    get trouble() {
      return writeFailure ?? buildFailure;
    },
    async apply(change) {
      backlog.push(change);
      if (building !== null) removedWhileBuilding.push(...change.removed);
      try {
        for (let next = backlog[0]; next !== undefined; next = backlog[0]) {
          await graph.add(next.added);
          await graph.remove(next.removed);
          backlog.shift();
        }
        writeFailure = null;
      } catch (error) {
        writeFailure = `Changes of ${name} vectors are stored, but not searchable yet (${messageOf(error)}).`;
        throw error;
      }
      rebuildWhenDue(BUSY_PART);
      rebuildWhenIdle();
    },
    async settle() {
      await building;
      rebuildWhenDue(IDLE_PART);
      await building;
    },
    async close() {
      clearTimeout(idleTimer);
      closing.abort();
      await building;
      await graph.close();
    },
  };
}

function* pick<T extends { row: number }>(points: Iterable<T>, rows: ReadonlySet<number>): Iterable<T> {
  for (const point of points) if (rows.has(point.row)) yield point;
}

// Program: builds the graph of one named vector beside the running engine, from what its database holds just now.
// Arguments: database file, name, dimensions, folder to make. Prints the last row that is in the graph, as JSON.
// A process of its own, because building takes every core for minutes: it runs at the lowest priority, can be stopped at
// once, and gives its memory back.
import { constants, setPriority } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { createGraph } from "./graph.ts";
import { readPoints, type StoredPoint } from "./rows.ts";

const [file = "", name, dimensions, folder = ""] = process.argv.slice(2);
if (name !== "image" && name !== "text") throw new Error(`Unknown vector name: ${name}`);

setPriority(constants.priority.PRIORITY_LOW);
// The engine holds the other end: when it is gone, whatever the reason, nobody waits for this graph.
process.stdin.resume().on("close", () => process.exit(1));

const db = new DatabaseSync(file, { readOnly: true });
let lastRow = 0;
function* points(): Iterable<StoredPoint> {
  for (const point of readPoints(db, name as "image" | "text", 0)) {
    lastRow = point.row;
    yield point;
  }
}
const graph = createGraph(folder, Number(dimensions));
await graph.add(points());
db.close();
await graph.build();
await graph.close();
process.stdout.write(JSON.stringify({ lastRow }), () => process.exit(0));

import { writeSync } from "node:fs";
import { type CrashPoint, onCrashPoint } from "../../engine/lib/crash-point.ts";
import { type Acknowledgement, change, makeBase, openEngine } from "./scenario.ts";

/**
 * The process that dies: `changing.ts base FOLDER` makes the catalogue to start from, `changing.ts change FOLDER
 * [POINT PASS]` changes it and kills itself at that pass of the point. Acknowledges on standard output.
 */
const [mode = "", folder = "", point, pass] = process.argv.slice(2);
// Written at once: what stands there was said before whatever comes next.
const acknowledge = (ack: Acknowledgement) => writeSync(1, `${JSON.stringify(ack)}\n`);

const engine = await openEngine(folder);
if (mode === "base") await makeBase(engine);
else {
  const passes: Partial<Record<CrashPoint, number>> = {};
  onCrashPoint((passed) => {
    const count = (passes[passed] ?? 0) + 1;
    passes[passed] = count;
    if (passed === point && count === Number(pass)) process.kill(process.pid, "SIGKILL");
  });
  await change(engine, folder, acknowledge);
  acknowledge({ kind: "passes", passes });
}
await engine.close();

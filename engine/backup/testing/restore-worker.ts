import { onCrashPoint } from "../../lib/crash-point.ts";
import { endRestore } from "../swap.ts";

/** Ends a restore and dies on the way: `restore-worker.ts <data folder> <crash point> <pass>`. */
const [folder = "", point, pass] = process.argv.slice(2);
let passes = 0;
onCrashPoint((at) => {
  if (at === point && ++passes === Number(pass)) process.kill(process.pid, "SIGKILL");
});
await endRestore(folder);

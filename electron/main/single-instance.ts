import { app } from "electron";
import { z } from "zod";

const handedOver = z.object({ files: z.array(z.string()) });

/**
 * The first start on a profile stays; a later one hands its files over and ends.
 * @returns whether this is the first
 */
export function holdSingleInstance(files: readonly string[], onSecond: (files: readonly string[]) => void): boolean {
  if (!app.requestSingleInstanceLock({ files: [...files] })) return false;
  app.on("second-instance", (_event, _argv, _cwd, data) => {
    const read = handedOver.safeParse(data);
    onSecond(read.success ? read.data.files : []);
  });
  return true;
}

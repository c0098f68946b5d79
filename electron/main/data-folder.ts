import { app } from "electron";
import type { DesktopSettingsStore } from "./desktop-settings.ts";
import type { EngineProcess } from "./engine-process.ts";
import type { Launch } from "./launch.ts";

/** Which data folder the engine works on. */
export interface DataFolder {
  /** Given by the command line or the environment. */
  readonly fixed: boolean;
  /** As the engine is started with it. */
  engineArgs(): string[];
  /** Remembers it and starts the engine there. @param folder null for the usual place */
  use(folder: string | null, engine: EngineProcess): Promise<void>;
}

export function dataFolderOf({ dataFolder }: Launch, settings: DesktopSettingsStore): DataFolder {
  const engineArgs = () => {
    const folder = dataFolder ?? settings.current.dataFolder;
    // Without one the engine takes the usual place, the same as the command line's.
    return ["--sample", ...(folder === null ? [] : ["--data", folder])];
  };
  return {
    fixed: dataFolder !== null,
    engineArgs,
    async use(folder, engine) {
      if (dataFolder !== null)
        throw new Error(`${app.getName()} was started on ${dataFolder}: start it without --data.`);
      settings.update({ dataFolder: folder });
      await engine.restart(engineArgs());
    },
  };
}

import { useEffect } from "react";
import { adoptRunning } from "./import-run.ts";

/** Shows an import that runs already when the catalogue is opened. */
export function ImportWatcher() {
  useEffect(() => {
    void adoptRunning();
  }, []);
  return null;
}

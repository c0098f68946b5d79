import { useEvaluation } from "../evaluate/evaluation-store.ts";
import { useImport } from "../import/import-store.ts";
import { useSendingFrom } from "../lib/sending.ts";

/** Where files are on their way from this page: the engine knows nothing of that work yet. Addresses of the pages. */
export function useSending(): string[] {
  const imports = useImport((state) => state.uploading);
  const evaluates = useEvaluation((state) => state.uploading);
  const told = useSendingFrom((state) => state.pages);
  return [...(imports ? ["/catalogue?import=1"] : []), ...told, ...(evaluates ? ["/evaluate"] : [])];
}

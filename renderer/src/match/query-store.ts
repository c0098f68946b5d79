import { create } from "zustand";
import type { Question } from "./question.ts";

interface QueryState extends Question {
  /** The browser cannot show this format (HEIC, TIFF); the engine can read it all the same. */
  unshowable: boolean;
}

/** The question being put together on the left. */
export const useQueryStore = create<QueryState>()(() => ({ photo: null, text: "", region: null, unshowable: false }));

import type { Region } from "../../../shared/contract/domain.ts";
import type { Photo } from "./photo.ts";

/** What is asked: a picture, a picture with a note, or words alone. */
export interface Question {
  photo: Photo | null;
  text: string;
  region: Region | null;
}

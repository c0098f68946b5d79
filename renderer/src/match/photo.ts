/** A query picture and an address under which the page can show it. */
export interface Photo {
  file: File;
  url: string;
}

export function photoOf(file: File): Photo {
  return { file, url: URL.createObjectURL(file) };
}

export function releasePhoto(photo: Photo): void {
  URL.revokeObjectURL(photo.url);
}

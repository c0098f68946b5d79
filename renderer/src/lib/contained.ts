export interface Size {
  width: number;
  height: number;
}

/** In pixels of the frame. */
export type Rect = Size & { x: number; y: number };

/** Where a picture lies in a frame that shows it whole, centred. */
export function containedIn(frame: Size, picture: Size): Rect {
  if (frame.width <= 0 || frame.height <= 0 || picture.width <= 0 || picture.height <= 0) {
    return { x: 0, y: 0, width: 0, height: 0 };
  }
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { x: (frame.width - width) / 2, y: (frame.height - height) / 2, width, height };
}

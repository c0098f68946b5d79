/** Longest side of a live frame: as much as the encoder's views and the text reader make use of. */
export const LIVE_SIDE = 1280;

/**
 * What the camera shows just now, as a JPEG, unmirrored: mirrored writing can't be read.
 * @returns null while there is no picture yet
 */
export async function captureFrame(video: HTMLVideoElement, longestSide: number): Promise<File | null> {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0 || videoHeight === 0) return null;
  const scale = Math.min(1, longestSide / Math.max(videoWidth, videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(videoWidth * scale);
  canvas.height = Math.round(videoHeight * scale);
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
  return blob === null ? null : new File([blob], "camera.jpg", { type: "image/jpeg" });
}

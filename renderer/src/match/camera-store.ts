import { create } from "zustand";
import { persist } from "zustand/middleware";

interface CameraState {
  open: boolean;
  live: boolean;
  /** Null takes the system's first. */
  deviceId: string | null;
  mirror: boolean;
}

/** Which camera, and how its picture is shown, outlive the page; whether it runs does not. */
export const useCamera = create<CameraState>()(
  persist((): CameraState => ({ open: false, live: false, deviceId: null, mirror: true }), {
    name: "shelfmatch-camera",
    partialize: ({ deviceId, mirror }) => ({ deviceId, mirror }),
  }),
);

import { create } from "zustand";
import { persist } from "zustand/middleware";

interface NavState {
  /** Null until the person has chosen: then the window's width decides. */
  collapsed: boolean | null;
  setCollapsed: (collapsed: boolean) => void;
}

export const useNav = create<NavState>()(
  persist((set) => ({ collapsed: null, setCollapsed: (collapsed) => set({ collapsed }) }), { name: "shelfmatch-nav" }),
);

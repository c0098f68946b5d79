import type { PortData } from "../port/data.ts";

/** What the desktop's main process and its engine process say to each other. */

/** A connection is one page's port; its number is the main process' choice. */
export type ToEngine =
  | { kind: "open"; connection: number }
  | { kind: "data"; connection: number; data: PortData }
  | { kind: "close"; connection: number }
  | { kind: "stop" };

export type FromEngine =
  | {
      kind: "ready";
      /** Base address of the web host of the engine, on this machine. */
      endpoint: string;
      /** Lets its bearer in there. */
      token: string;
      dataFolder: string;
      /** Another process has the engine of this data folder (a command line, a web host): this one hands calls on. */
      attached: boolean;
    }
  | { kind: "failed"; code: string; message: string }
  | { kind: "data"; connection: number; data: PortData };

import { MessageChannelMain, type MessagePortMain, type WebContents, type WebFrameMain } from "electron";
import { PORT_CHANNEL } from "../../shared/desktop/channels.ts";
import { isPortData } from "../../shared/port/data.ts";
import type { EngineProcess } from "./engine-process.ts";
import type { Log } from "./log.ts";

/** Each page's port, led on to the engine; nothing is looked into on the way. */
export interface Relay {
  /** Gives the page a port now, where an engine runs, and one to each later engine. */
  attach(page: WebContents, frame: WebFrameMain): void;
}

interface Page {
  frame: WebFrameMain;
  connection: number | null;
  port: MessagePortMain | null;
}

export function createRelay(engine: EngineProcess, log: Log): Relay {
  const pages = new Map<number, Page>();
  const ports = new Map<number, MessagePortMain>();
  let last = 0;

  function disconnect(page: Page): void {
    if (page.connection === null) return;
    const { connection, port } = page;
    page.connection = null;
    page.port = null;
    ports.delete(connection);
    engine.send({ kind: "close", connection });
    // The page hears of it by the port's own close event: its running calls end there.
    port?.close();
  }

  function connect(page: Page): void {
    disconnect(page);
    const connection = ++last;
    const { port1, port2 } = new MessageChannelMain();
    page.connection = connection;
    page.port = port1;
    ports.set(connection, port1);
    engine.send({ kind: "open", connection });
    port1.on("message", ({ data }) => {
      if (isPortData(data)) engine.send({ kind: "data", connection, data });
      else log.line("A page sent what is no message; it was dropped.");
    });
    port1.on("close", () => {
      if (page.connection === connection) disconnect(page);
    });
    port1.start();
    try {
      page.frame.postMessage(PORT_CHANNEL, null, [port2]);
    } catch (error) {
      // The page went away meanwhile.
      log.line(`A port could not be handed over: ${String(error)}`);
      disconnect(page);
    }
  }

  engine.onData(({ connection, data }) => ports.get(connection)?.postMessage(data));
  engine.onState(({ kind }) => {
    for (const page of pages.values()) {
      if (kind === "ready") connect(page);
      else disconnect(page);
    }
  });

  return {
    attach(contents, frame) {
      const before = pages.get(contents.id);
      if (before !== undefined) disconnect(before);
      else {
        contents.once("destroyed", () => {
          const page = pages.get(contents.id);
          if (page !== undefined) disconnect(page);
          pages.delete(contents.id);
        });
      }
      const page: Page = { frame, connection: null, port: null };
      pages.set(contents.id, page);
      if (engine.state.kind === "ready") connect(page);
    },
  };
}

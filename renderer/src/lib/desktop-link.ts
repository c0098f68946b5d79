import type { StandardLinkClient } from "@orpc/client/standard";
import { StandardRPCLink } from "@orpc/client/standard";
import type { StandardLazyResponse, StandardRequest } from "@orpc/standard-server";
import type { DesktopBridge } from "../../../shared/desktop/bridge.ts";
import type { EngineState } from "../../../shared/desktop/calls.ts";
import { PORT_MESSAGE } from "../../../shared/desktop/channels.ts";
import { isErrorCode } from "../../../shared/errors.ts";
import { callOver, engineGone, type PortCaller, portError } from "../../../shared/port/link.ts";

/** Calls over whichever port there is: each engine brings a new one. */
class DesktopSender implements StandardLinkClient<Record<never, never>> {
  #caller: PortCaller | null = null;
  #state: EngineState = { kind: "starting" };
  #waiting: (() => void)[] = [];

  constructor(bridge: DesktopBridge) {
    bridge.onEvent((event) => {
      if (event.kind !== "engine") return;
      this.#state = event.state;
      if (event.state.kind !== "ready") this.#caller?.close();
      if (event.state.kind === "gone" || event.state.kind === "failed") this.#wake();
    });
    window.addEventListener("message", (event) => {
      const [port] = event.ports;
      if (event.source !== window || event.data !== PORT_MESSAGE || port === undefined) return;
      this.#take(port);
    });
    void bridge.connect();
  }

  /** Of the engine's web host; empty while none runs. */
  get address(): string {
    return this.#state.kind === "ready" ? this.#state.address : "";
  }

  /** The first engine is waited for; one that has ended is not, so that the page can say so at once. */
  async call(request: StandardRequest): Promise<StandardLazyResponse> {
    while (this.#caller === null) {
      if (this.#state.kind === "failed") {
        const { code, message } = this.#state;
        throw portError(isErrorCode(code) ? code : "INTERNAL", message, true);
      }
      if (this.#state.kind === "gone") throw engineGone();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (request.signal?.aborted) throw request.signal.reason;
    }
    return this.#caller.call(request);
  }

  #take(port: MessagePort): void {
    const caller = callOver(
      (data) => port.postMessage(data),
      (error) => reportError(error),
    );
    this.#caller?.close();
    this.#caller = caller;
    port.addEventListener("message", (event) => caller.receive(event.data));
    // Electron tells when the other end is closed, which the web's ports do not.
    port.addEventListener("close", () => {
      caller.close();
      if (this.#caller !== caller) return;
      this.#caller = null;
      if (this.#state.kind === "ready") this.#state = { kind: "gone" };
    });
    port.start();
    this.#wake();
  }

  #wake(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** The way to the engine in the desktop app. */
export function desktopLink(bridge: DesktopBridge) {
  const sender = new DesktopSender(bridge);
  return { link: new StandardRPCLink(sender, { url: "http://orpc" }), address: () => sender.address };
}

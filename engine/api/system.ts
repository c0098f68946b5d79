import type { Settings } from "../../shared/contract/system.ts";
import type { LoadedConfig } from "../config/load.ts";
import { needsRestart, SETTING_PATHS } from "../config/setting-paths.ts";
import { os } from "./base.ts";

/** Shown in place of a token, and taken back as "unchanged": as long as the shortest token, so that it validates. */
const BLANK = "*".repeat(16);

function shown({ current, fixed, origins, restart }: LoadedConfig): Settings {
  const token = current.server.token === null ? null : BLANK;
  return {
    config: { ...current, server: { ...current.server, token } },
    fixed: [...fixed],
    origins: { ...origins },
    atStart: SETTING_PATHS.filter(needsRestart),
    restart: [...restart],
  };
}

export const systemRouter = os.system.router({
  health: os.system.health.handler(async ({ context: { services, settings, caller } }) => {
    const health = await services.health();
    if (caller.sameMachine) return { ...health, dataFolder: settings.dataFolder };
    const components = health.components.map(({ detail, ...component }) => ({
      ...component,
      detail: detail.replaceAll(settings.dataFolder, "the data folder"),
    }));
    return { ...health, components, dataFolder: null };
  }),
  about: os.system.about.handler(({ context }) => context.services.about()),
  settings: os.system.settings.handler(({ context }) => shown(context.settings)),
  updateSettings: os.system.updateSettings.handler(async ({ input, context }) => {
    const { "server.token": token, ...others } = input.changes;
    await context.settings.update(token === undefined || token === BLANK ? others : input.changes);
    return shown(context.settings);
  }),
  encoders: os.system.encoders.handler(async ({ context: { services, caller } }) => {
    const choices = await services.encoders.list();
    return caller.sameMachine ? choices : { ...choices, folder: null };
  }),
  tryEncoder: os.system.tryEncoder.handler(({ input, context, signal }) =>
    context.services.encoders.try(input.name, signal),
  ),
});

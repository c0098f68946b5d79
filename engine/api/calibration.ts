import { os } from "./base.ts";

export const calibrationRouter = os.calibration.router({
  state: os.calibration.state.handler(({ context }) => context.services.recalibrator.state()),
  refit: os.calibration.refit.handler(({ input, context }) => context.services.recalibrator.refit(input)),
  cancel: os.calibration.cancel.handler(({ context }) => context.services.recalibrator.cancel()),
  reset: os.calibration.reset.handler(({ context }) => context.services.recalibrator.reset()),
});

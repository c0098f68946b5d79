import { ActionIcon, Button, Select, Switch, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconCamera, IconCameraOff, IconFlipHorizontal, IconX } from "@tabler/icons-react";
import { useRef } from "react";
import { EmptyState } from "../lib/empty-state.tsx";
import { t } from "../lib/i18n/i18n.ts";
import { showPicture } from "./actions.ts";
import { FAULT_WORDS } from "./camera-fault.ts";
import { useCamera } from "./camera-store.ts";
import { captureFrame } from "./frame.ts";
import classes from "./stage.module.css";
import { useCameraStream } from "./use-camera-stream.ts";
import { useLive } from "./use-live.ts";

const FULL_SIZE = Number.POSITIVE_INFINITY;

export function CameraView() {
  const video = useRef<HTMLVideoElement>(null);
  const { deviceId, mirror, live } = useCamera();
  const { state, devices, retry } = useCameraStream(video, deviceId);
  const on = state.kind === "on";
  useLive(video, live && on);

  const snap = async () => {
    if (video.current === null) return;
    const frame = await captureFrame(video.current, FULL_SIZE);
    if (frame !== null) showPicture(frame);
  };
  useHotkeys([["Space", () => void (on && snap())]]);

  return (
    <div className={classes.stage}>
      <div className={classes.bar}>
        <span className={classes.name}>{t("Camera")}</span>
        {devices.length > 1 && (
          <Select
            size="xs"
            w={190}
            aria-label={t("Which camera")}
            allowDeselect={false}
            data={devices.map((device, index) => ({
              value: device.deviceId,
              label: device.label === "" ? `Camera ${index + 1}` : device.label,
            }))}
            value={deviceId ?? devices[0]?.deviceId ?? null}
            onChange={(value) => useCamera.setState({ deviceId: value })}
          />
        )}
        <Tooltip label={mirror ? t("Show it unmirrored") : t("Show it as a mirror")} openDelay={400}>
          <ActionIcon
            variant={mirror ? "light" : "subtle"}
            color={mirror ? "pine" : "slate"}
            aria-label={t("Mirror the camera's picture")}
            aria-pressed={mirror}
            onClick={() => useCamera.setState({ mirror: !mirror })}
          >
            <IconFlipHorizontal size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t("Close the camera")} openDelay={400}>
          <ActionIcon
            variant="subtle"
            color="slate"
            aria-label={t("Close the camera")}
            onClick={() => useCamera.setState({ open: false, live: false })}
          >
            <IconX size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={classes.frame}>
        <video
          ref={video}
          className={classes.video}
          data-mirror={mirror || undefined}
          data-hidden={!on || undefined}
          autoPlay
          playsInline
          muted
          aria-label={t("What the camera sees")}
        />
        {on && live && <span className={classes.live}>{t("Live")}</span>}
        {state.kind === "starting" && <EmptyState icon={IconCamera} title={t("Starting the camera")} />}
        {state.kind === "fault" && (
          <EmptyState
            icon={IconCameraOff}
            title={t(FAULT_WORDS[state.fault].title)}
            actions={
              <Button variant="default" onClick={retry}>
                {t("Try again")}
              </Button>
            }
          >
            {t(FAULT_WORDS[state.fault].help)}
          </EmptyState>
        )}
      </div>
      {on && (
        <div className={classes.cameraBar}>
          <Button leftSection={<IconCamera size={18} stroke={1.6} />} onClick={() => void snap()}>
            {t("Take the photo")}
          </Button>
          <Switch
            label={t("Live")}
            checked={live}
            onChange={(event) => useCamera.setState({ live: event.currentTarget.checked })}
          />
        </div>
      )}
    </div>
  );
}

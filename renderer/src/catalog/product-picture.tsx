import { useSortable } from "@dnd-kit/sortable";
import { ActionIcon, Menu } from "@mantine/core";
import { IconCrop, IconDots, IconReplace, IconStar, IconTrash } from "@tabler/icons-react";
import { useRef } from "react";
import { Link } from "wouter";
import type { PictureOrigin, PictureRef } from "../../../shared/contract/domain.ts";
import { formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import classes from "./product-pictures.module.css";

const SIDE = 92;

interface Props {
  picture: PictureRef;
  index: number;
  count: number;
  /** Of the product. */
  name: string;
  busy: boolean;
  onRemove: () => void;
  onReplace: (file: File) => void;
  onMain: () => void;
  onCrop: () => void;
}

/** Tells a photo that somebody confirmed from the shop's own pictures, and leads to its run. */
function Confirmed({ origin: { runId, time } }: { origin: PictureOrigin }) {
  return (
    <Link
      href={`/journal?tab=runs&detail=${encodeURIComponent(runId)}`}
      className={classes.confirmed ?? ""}
      title={t("A photo whose answer was confirmed on {time}. Shows its run.", { time: formatTime(time) })}
    >
      {t("Confirmed")}
    </Link>
  );
}

/** One of a product's pictures: dragged into its place, by the pointer or with space and the arrow keys. */
export function ProductPicture(props: Props) {
  const { picture, index, count, name, busy } = props;
  const { attributes, listeners, setNodeRef, transform, transition, isDragging } = useSortable({ id: picture.hash });
  const chooser = useRef<HTMLInputElement>(null);
  const number = index + 1;
  const style = {
    transform: transform === null ? undefined : `translate(${transform.x}px, ${transform.y}px)`,
    transition,
    zIndex: isDragging ? 2 : undefined,
  };
  return (
    <li ref={setNodeRef} className={classes.picture} style={style}>
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: its role, button, is among the attributes */}
      <div
        {...attributes}
        {...listeners}
        className={classes.grip}
        aria-label={t("Move picture {number} of {count}", { number, count })}
        aria-roledescription={t("picture to sort")}
      >
        <Thumbnail hash={picture.hash} size={SIDE} alt={t("Picture {number} of {name}", { number, name })} />
      </div>
      {picture.origin !== undefined && <Confirmed origin={picture.origin} />}
      {index === 0 && count > 1 && picture.origin === undefined && (
        <span className={classes.main}>{t("Main one")}</span>
      )}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon
            className={classes.remove ?? ""}
            variant="default"
            size="sm"
            loading={busy}
            aria-label={t("What to do with picture {number}", { number })}
          >
            <IconDots size={13} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconStar size={14} />} disabled={index === 0} onClick={props.onMain}>
            {t("Make it the main one")}
          </Menu.Item>
          <Menu.Item leftSection={<IconCrop size={14} />} onClick={props.onCrop}>
            {t("Crop")}
          </Menu.Item>
          <Menu.Item leftSection={<IconReplace size={14} />} onClick={() => chooser.current?.click()}>
            {t("Replace")}
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={14} />} c="var(--sm-danger)" onClick={props.onRemove}>
            {t("Take it away")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <input
        ref={chooser}
        type="file"
        hidden
        accept="image/*,.heic,.heif,.tif,.tiff,.avif"
        aria-label={t("Replace picture {number}", { number })}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file !== undefined) props.onReplace(file);
          event.currentTarget.value = "";
        }}
      />
    </li>
  );
}

import { Kbd, Tooltip } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { t } from "../lib/i18n/i18n.ts";
import { keyCaps } from "../lib/shortcuts.ts";
import classes from "./navigation.module.css";

const caps = keyCaps("mod+K", navigator.userAgent.includes("Mac"));

interface Props {
  collapsed: boolean;
  onOpen: () => void;
  /** Somebody is about to open it. */
  onNear: () => void;
}

/** Where the command palette is found by who does not know its keys. */
export function PaletteButton({ collapsed, onOpen, onNear }: Props) {
  const label = t("Search and commands");
  return (
    <Tooltip label={`${label} (${caps.join("+")})`} position="right" openDelay={300}>
      <div className={classes.paletteFrame}>
        <button
          type="button"
          className={classes.palette}
          aria-label={label}
          aria-keyshortcuts="Control+K Meta+K"
          aria-haspopup="dialog"
          onClick={onOpen}
          onPointerEnter={onNear}
          onFocus={onNear}
        >
          <IconSearch size={collapsed ? 20 : 16} stroke={1.7} aria-hidden />
          {!collapsed && <span className={classes.paletteText}>{t("Search")}</span>}
        </button>
        {!collapsed && (
          <Kbd size="xs" aria-hidden className={classes.paletteKeys ?? ""}>
            {caps.join(" ")}
          </Kbd>
        )}
      </div>
    </Tooltip>
  );
}

import { ActionIcon, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconKeyboard, IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import { Link } from "wouter";
import { ActivityTray } from "../activity/tray.tsx";
import { t } from "../lib/i18n/i18n.ts";
import { HealthBadge } from "./health-badge.tsx";
import { useNav } from "./nav-store.ts";
import classes from "./navigation.module.css";
import { pages } from "./pages.ts";
import { PaletteButton } from "./palette-button.tsx";
import { ThemeMenu } from "./theme-menu.tsx";

interface Props {
  path: string;
  onHelp: () => void;
  onPalette: () => void;
  onPaletteNear: () => void;
}

export function Navigation({ path, onHelp, onPalette, onPaletteNear }: Props) {
  const narrow = useMediaQuery("(max-width: 1199px)", false, { getInitialValueInEffect: false });
  const { collapsed: chosen, setCollapsed } = useNav();
  const collapsed = chosen ?? narrow;
  const label = collapsed ? t("Show the names of the pages") : t("Collapse the navigation");

  return (
    <nav className={classes.nav} data-collapsed={collapsed || undefined} aria-label={t("Pages")}>
      <div className={classes.brand}>
        <img src="/icon.svg" alt="" width={28} height={28} />
        <span className={classes.text}>Shelfmatch</span>
      </div>
      <PaletteButton collapsed={collapsed} onOpen={onPalette} onNear={onPaletteNear} />
      <ul className={classes.links}>
        {pages.map((page, index) => (
          <li key={page.path}>
            <Tooltip
              label={`${t(page.title)} (Alt+${index + 1})`}
              position="right"
              disabled={!collapsed}
              openDelay={300}
            >
              <Link
                href={page.path}
                className={classes.link ?? ""}
                aria-current={path === page.path || path.startsWith(`${page.path}/`) ? "page" : undefined}
                aria-label={t(page.title)}
              >
                <page.icon size={20} stroke={1.6} aria-hidden />
                <span className={classes.text}>{t(page.title)}</span>
              </Link>
            </Tooltip>
          </li>
        ))}
      </ul>
      <div className={classes.bottom}>
        <ActivityTray collapsed={collapsed} />
        <HealthBadge collapsed={collapsed} />
        <div className={classes.tools}>
          <ThemeMenu />
          <Tooltip label={t("Keyboard shortcuts (?)")} openDelay={300}>
            <ActionIcon variant="subtle" color="slate" onClick={onHelp} aria-label={t("Keyboard shortcuts")}>
              <IconKeyboard size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={label} openDelay={300}>
            <ActionIcon
              variant="subtle"
              color="slate"
              onClick={() => setCollapsed(!collapsed)}
              aria-label={label}
              aria-expanded={!collapsed}
            >
              {collapsed ? (
                <IconLayoutSidebarLeftExpand size={18} stroke={1.6} />
              ) : (
                <IconLayoutSidebarLeftCollapse size={18} stroke={1.6} />
              )}
            </ActionIcon>
          </Tooltip>
        </div>
      </div>
    </nav>
  );
}

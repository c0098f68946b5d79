import { useNotifications } from "@mantine/notifications";
import { lazy, Suspense, useRef } from "react";

const NoticeList = lazy(() => import("./notice-list.tsx").then((module) => ({ default: module.NoticeList })));

/** Notices, from the first on: a first load need not wait for how they come and go. */
export function Notices() {
  const { notifications } = useNotifications();
  const wanted = useRef(false);
  wanted.current ||= notifications.length > 0;
  return <Suspense>{wanted.current && <NoticeList />}</Suspense>;
}

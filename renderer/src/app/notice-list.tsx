import "@mantine/notifications/styles.css";
import { Notifications } from "@mantine/notifications";

/** Where notices stand. Loaded with the first of them (notices.tsx). */
export function NoticeList() {
  return <Notifications position="bottom-right" limit={3} />;
}

// The console's line icons (24 px grid, 1.8 px round stroke) and the product's mark. Always shown beside a word.
// They carry no meaning of their own and are hidden from screen readers.

const PATHS = {
  home: "M4 11l8-7 8 7v9h-5.5v-6h-5v6H4z",
  resident: "M12 4.4a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2ZM4.5 20.5c.4-4.3 3.3-6.8 7.5-6.8s7.1 2.5 7.5 6.8",
  scenario: "M12 21s7-6.3 7-11.5a7 7 0 0 0-14 0C5 14.7 12 21 12 21ZM12 7a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z",
  place: "M4 20V9l8-5 8 5v11M4 20h16M9.5 20v-6h5v6",
  gate: "M12 3a2 2 0 1 1 0 4 2 2 0 0 1 0-4ZM5 16a2 2 0 1 1 0 4 2 2 0 0 1 0-4ZM19 16a2 2 0 1 1 0 4 2 2 0 0 1 0-4ZM11 6.8 6 16.2M13 6.8l5 9.4M7 18h10",
  use: "M3.5 12h4l2.5-7 4 14 2.5-7h4",
  right: "M12 3.5v17M6 20.5h12M5 7.5h14M5 7.5 2.5 13h5zM19 7.5 16.5 13h5z",
  key: "M8 11.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM11 12.5 19.5 4M16 7.5l2.5 2.5M13.5 10l1.5 1.5",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM15.5 15.5 20.5 20.5",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  leave: "M14 4.5h-8v15h8M10.5 12h10M17 8.5l3.5 3.5-3.5 3.5",
  add: "M12 5v14M5 12h14",
  print: "M7 9V4h10v5M7 17H4.5V9h15v8H17M7 14h10v6H7z",
  copy: "M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4",
  phone: "M7.5 3.5h9v17h-9zM11 17.8h2",
  card: "M3.5 6h17v12h-17zM3.5 10h17M7 14.5h4",
  back: "M14.5 5.5 8 12l6.5 6.5",
  next: "M9.5 5.5 16 12l-6.5 6.5",
  table: "M4 5h16v14H4zM4 10h16M10 10v9",
  app: "M4.5 4.5h6v6h-6zM13.5 4.5h6v6h-6zM4.5 13.5h6v6h-6zM16.5 13.5v6M13.5 16.5h6",
  staff: "M8 4.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM2.5 19.5c.3-4 2.4-6 5.5-6s5.2 2 5.5 6M16 5.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5ZM15.5 13.5c3.3-.3 5.7 1.9 6 6",
  again: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4v5h-5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, small }: { name: IconName; small?: boolean }) {
  return (
    <svg className={small ? "i s" : "i"} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** One stroke 一, and one eye of a code as the seal beneath it. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 48 48" aria-hidden="true">
      <path
        className="st"
        d="M2.6 15.6 5.8 7.9c.5-1.1 1.4-1.4 2.6-.9 2.1.9 4.8 1.1 8.7.7L36.6 5c1.1-.1 2 .1 2.8.8l5.2 4.7c.9.8.6 1.9-.6 2.2l-4.6 1c-10.4-.5-22 .3-35 3.2-1.7.3-2.6-.1-1.8-1.3Z"
      />
      <path
        className="ey"
        fillRule="evenodd"
        d="M24.5 22.5H43a2.5 2.5 0 0 1 2.5 2.5V43.5a2.5 2.5 0 0 1-2.5 2.5H24.5a2.5 2.5 0 0 1-2.5-2.5V25a2.5 2.5 0 0 1 2.5-2.5Zm1 3.5v16.5H42V26Zm4.75 4.75h7v7h-7Z"
      />
    </svg>
  );
}

// A table of the console: small, whole, and on a narrow window each row becomes a card whose values stand beside the heads of
// their columns (console.css). It does not know what is listed.
import { Table, type TableProps } from "antd";
import type { ReactNode, TdHTMLAttributes } from "react";

type Columns<T> = NonNullable<TableProps<T>["columns"]>;

interface ListingProps<T> extends Omit<TableProps<T>, "className" | "columns" | "dataSource" | "locale" | "pagination" | "size"> {
  rows: readonly T[];
  columns: Columns<T>;
  /** What stands there when nothing does. */
  empty?: ReactNode;
}

export function Listing<T extends object>({ rows, columns, empty, ...more }: ListingProps<T>) {
  return <Table<T> className="stacks" size="small" pagination={false} dataSource={rows} columns={columns.map(headed)} {...(empty === undefined ? {} : { locale: { emptyText: empty } })} {...more} />;
}

/** The same column, each of whose cells carries the words of its head; a head that is drawn for nobody is left out. */
function headed<T>(column: Columns<T>[number]): Columns<T>[number] {
  const label = typeof column.title === "string" ? column.title : "";
  const onCell: NonNullable<typeof column.onCell> = (row, index) => ({ ...column.onCell?.(row, index), "data-head": label }) as TdHTMLAttributes<HTMLElement>;
  return { ...column, onCell };
}

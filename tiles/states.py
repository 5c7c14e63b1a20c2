"""The state of collections as a short text: what every entity tag of this room is made of."""

from psycopg import sql

NOTHING_YET = "0"  # of a collection that never held a row


def moment_sql(table: str) -> sql.Composed:
    """The revision's number and instant in a row. The instant tells a database that was made anew from the old one."""
    return sql.SQL(
        "{table}.revision || '.' || to_hex((extract(epoch FROM {table}.changed_at) * 1000000)::bigint)"
    ).format(table=sql.Identifier(table))


# One parameter: collection ids. Their moments in the same order, joined by "-".
STATE = sql.SQL(
    "(SELECT coalesce(string_agg(coalesce({moment}, {nothing}), '-' ORDER BY wanted.place), {nothing})"
    " FROM unnest(%s::text[]) WITH ORDINALITY AS wanted(id, place)"
    " LEFT JOIN layers_revision AS r ON r.collection = wanted.id)"
).format(moment=moment_sql("r"), nothing=sql.Literal(NOTHING_YET))

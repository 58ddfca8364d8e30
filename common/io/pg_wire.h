/* pg_wire: waiting for the socket, reading answers, naming errors. Private to pg. */
#ifndef MOSAIC_IO_PG_WIRE_H
#define MOSAIC_IO_PG_WIRE_H

#include "common/io/pg_private.h"

/* An answer takes this long at most; statement_timeout on the server is shorter. */
#define PG_ANSWER_MS 60000
#define PG_CONNECT_MS 10000

int64_t pg_wire_now_ms(void);
/* The next command's result, its own end mark read too. NULL: the connection is lost. */
PGresult *pg_wire_answer(struct pg *pg);
/* Reads the Sync's answer, after which the pipeline is empty. False: the connection is lost. */
bool pg_wire_synced(struct pg *pg);
/* Reads what an idle session is told unasked, such as that the server has gone. Never waits. */
void pg_wire_notice_end(const struct pg *pg);
/* Plain SQL outside of pipeline mode. */
bool pg_wire_run(struct pg *pg, const char *sql, struct err *err);
void pg_wire_error(const PGresult *result, const char *statement, struct err *err);
/* What is known about the end of the connection. */
void pg_wire_lost(const struct pg *pg, struct err *err);

#endif

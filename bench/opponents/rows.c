// The floor under acknowledged changes of many runs: rows put into one SQLite table, durable a hundred at a time.
// usage: rows DATABASE SECONDS → rows per second
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void must(sqlite3 *db, int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  fprintf(stderr, "rows: %s\n", sqlite3_errmsg(db));
  exit(1);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  enum { kBatch = 100, kRuns = 1000, kBytes = 200 };
  if (argc != 3) return 64;
  sqlite3 *db = NULL;
  must(db, sqlite3_open(argv[1], &db));
  must(db, sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                            "CREATE TABLE changes(run INTEGER, sequence INTEGER, body BLOB, PRIMARY KEY(run, sequence)) WITHOUT ROWID",
                        NULL, NULL, NULL));
  sqlite3_stmt *insert = NULL;
  must(db, sqlite3_prepare_v2(db, "INSERT INTO changes VALUES(?, ?, ?)", -1, &insert, NULL));
  char body[kBytes];
  memset(body, 'x', sizeof body);
  const double began = seconds();
  const double end = began + atof(argv[2]);
  long rows = 0;
  while (seconds() < end) {
    must(db, sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
    for (int i = 0; i < kBatch; ++i, ++rows) {
      sqlite3_bind_int64(insert, 1, rows % kRuns);
      sqlite3_bind_int64(insert, 2, rows / kRuns);
      sqlite3_bind_blob(insert, 3, body, kBytes, SQLITE_STATIC);
      must(db, sqlite3_step(insert));
      sqlite3_reset(insert);
    }
    must(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
  }
  printf("%.0f\n", (double)rows / (seconds() - began));
  sqlite3_finalize(insert);
  sqlite3_close(db);
  return 0;
}

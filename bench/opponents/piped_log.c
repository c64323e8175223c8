// The floor under a noisy step: a child writes lines of 100 bytes into a pipe, the parent finds their ends and appends
// them to a file that is on disk in the end. Nothing is masked, numbered, compressed or kept apart by step.
// usage: piped_log MEGABYTES block|line FILE   FILE - writes the lines to standard output and does nothing else
//        piped_log LINES ticks -               a line with the monotonic clock's nanoseconds every 20 ms
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 100, BLOCK = 64 * 1024, SPACE = 256 * 1024 };

static int put(int fd, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t done = write(fd, bytes, size);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return -1;
    bytes += done;
    size -= (size_t)done;
  }
  return 0;
}

static int make_noise(int fd, long long bytes, int by_line) {
  static char block[BLOCK];
  size_t size = BLOCK / LINE * LINE;
  for (size_t i = 0; i < size; ++i) block[i] = i % LINE == LINE - 1 ? '\n' : (char)('a' + (i / 7 + i % LINE * 3) % 26);
  size_t at_once = by_line ? LINE : size;
  for (size_t at = 0; bytes > 0; bytes -= (long long)at_once) {
    if (put(fd, block + at, at_once) != 0) return 1;
    at = (at + at_once) % size;
  }
  return 0;
}

static int make_ticks(long long lines) {
  for (; lines > 0; --lines) {
    struct timespec now, pause = {0, 20 * 1000 * 1000};
    char line[64];
    clock_gettime(CLOCK_MONOTONIC, &now);
    int size = snprintf(line, sizeof line, "tick %lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
    if (put(1, line, (size_t)size) != 0) return 1;
    nanosleep(&pause, NULL);
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 4) return 64;
  if (strcmp(argv[2], "ticks") == 0) return make_ticks(strtoll(argv[1], NULL, 10));
  long long bytes = strtoll(argv[1], NULL, 10) << 20;
  int by_line = strcmp(argv[2], "line") == 0;
  if (strcmp(argv[3], "-") == 0) return make_noise(1, bytes, by_line);
  int ends[2];
  if (pipe(ends) != 0) return 1;
  fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
  pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) {
    close(ends[0]);
    _exit(make_noise(ends[1], bytes, by_line));
  }
  close(ends[1]);
  int out = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (out < 0) return 1;
  static char space[SPACE];
  long long lines = 0;
  for (;;) {
    ssize_t got = read(ends[0], space, sizeof space);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return 1;
    if (got == 0) break;
    for (const char *at = space; (at = memchr(at, '\n', (size_t)(space + got - at))) != NULL; ++at) ++lines;
    if (put(out, space, (size_t)got) != 0) return 1;
  }
  if (fdatasync(out) != 0) return 1;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  printf("%lld lines\n", lines);
  return status == 0 ? 0 : 1;
}

// Runs a command once and says what it took: wall seconds, CPU seconds, peak KiB, exit code. In C, because a child of a
// large process counts that process's memory as its own peak, and because starting from Python costs a millisecond.
// usage: stopwatch OUTPUT COMMAND [ARGUMENT …]
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double seconds_of(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

int main(int argc, char **argv) {
  if (argc < 3) return 64;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  pid_t child;
  int error = posix_spawnp(&child, argv[2], &actions, NULL, argv + 2, environ);
  if (error != 0) {
    fprintf(stderr, "stopwatch: %s: %s\n", argv[2], strerror(error));
    return 1;
  }
  int status = 0;
  struct rusage used;
  if (wait4(child, &status, 0, &used) != child) return 1;
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.9f %.6f %ld %d\n", (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9,
         seconds_of(used.ru_utime) + seconds_of(used.ru_stime), used.ru_maxrss,
         WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}

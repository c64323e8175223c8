// The floor under a pipeline of shell steps: N times `sh -c true`, started and waited for one after the other, nothing
// else. usage: shells N
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  char *shell[] = {"sh", "-c", "true", NULL};
  for (long left = strtol(argv[1], NULL, 10); left > 0; --left) {
    pid_t child;
    int error = posix_spawn(&child, "/bin/sh", NULL, NULL, shell, environ);
    if (error != 0) {
      fprintf(stderr, "shells: %s\n", strerror(error));
      return 1;
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (status != 0) return 1;
  }
  return 0;
}

// The floor under every acknowledged write on this disk: N appends of 4 KiB, each made durable before the next.
// usage: durable FILE N
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  int file = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
  static char block[4096];
  for (long left = strtol(argv[2], NULL, 10); left > 0; --left) {
    if (write(file, block, sizeof block) != (ssize_t)sizeof block || fdatasync(file) != 0) {
      perror("durable");
      return 1;
    }
  }
  return 0;
}

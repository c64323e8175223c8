// windlass: builds what the command needs from the process around it and hands over. The wiring is all there is here.
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <malloc.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/command.h"
#include "proc/private_memory.h"

extern char** environ;

namespace {

/// The last fence. No module throws on purpose, but a machine without memory or descriptors makes libraries do so.
int guarded(const windlass::cli::Invocation& invocation) {
  try {
    return windlass::cli::dispatch(invocation);
  } catch (const std::exception& fault) {
    return windlass::cli::complain(
        std::string("cannot go on: ") + fault.what() + "; a run is kept as it was, windlass run --resume goes on", 70);
  }
}

constexpr bool kIsSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);

/// A noisy step has megabytes made and freed some hundred times a second. Given back to the system each time, they cost
/// a page fault per page again. What has come to rest gives back all at once (idle_memory.h, parking.cc).
void keep_freed_memory() {
  ::mallopt(M_MMAP_THRESHOLD, 4 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 16 << 20);
}

/// The smallest run touches a megabyte of heap, one page after the other; the kernel gives them at once for a fraction
/// of what as many faults cost. A system that cannot do this says so, and nothing is lost.
void take_heap() {
  constexpr std::size_t kFirst = std::size_t{128} << 10;
  constexpr std::size_t kRest = std::size_t{896} << 10;
  ::mallopt(M_TOP_PAD, static_cast<int>(kRest));
  void* const first = std::malloc(kFirst);
  ::mallopt(M_TOP_PAD, static_cast<int>(kFirst));
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<std::uintptr_t>(first) + page - 1) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  if (begin < end && end - begin <= kFirst + kRest + page) {
    (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_WRITE);
  }
  std::free(first);
}

}  // namespace

int main(int argc, char** argv) {
  windlass::proc::keep_memory_private();
  keep_freed_memory();
  // A file that may not grow (ulimit -f) is a disk that is full: an error to be told, no reason to die.
  ::signal(SIGXFSZ, SIG_IGN);
  windlass::cli::Invocation invocation;
  for (int i = 1; i < argc; ++i) invocation.arguments.emplace_back(argv[i]);
  for (char** entry = environ; *entry != nullptr; ++entry) invocation.environment.emplace_back(*entry);
  char folder[PATH_MAX];
  invocation.working_folder = ::getcwd(folder, sizeof folder) != nullptr ? folder : "/";
  invocation.program_path = argv[0];
  invocation.language =
      windlass::cli::language_of(invocation.env("LC_ALL"), invocation.env("LC_MESSAGES"), invocation.env("LANG"));
  invocation.stdin_is_terminal = ::isatty(STDIN_FILENO) != 0;
  invocation.stdout_is_terminal = ::isatty(STDOUT_FILENO) != 0;
  invocation.stderr_is_terminal = ::isatty(STDERR_FILENO) != 0;
  winsize size{};
  if (invocation.stdout_is_terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) invocation.columns = size.ws_col;
  if (!kIsSanitized && !invocation.arguments.empty() && invocation.arguments.front() == "run") take_heap();
  const int code = guarded(invocation);
  if (kIsSanitized) return code;  // they report at the end
  // What is left is memory, and the kernel takes it back faster than we could piece by piece.
  std::fflush(nullptr);
  ::_exit(code);
}

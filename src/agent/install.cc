#include "agent/install.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "proc/fd.h"
#include "proc/spawn.h"

namespace windlass::agent {

namespace {

Result<> copy_program(const std::string& from, const std::string& to) {
  const auto broken = [](const std::string& what, const std::string& path) {
    return fail(ErrorKind::unavailable, "cannot " + what + " " + path + ": " + std::strerror(errno));
  };
  const proc::Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source.is_open()) return broken("read", from);
  const std::string fresh = to + ".new";
  const proc::Fd target(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755));
  if (!target.is_open()) return broken("write", fresh);
  std::vector<char> piece(256U << 10U);
  for (;;) {
    const auto count = ::read(source.get(), piece.data(), piece.size());
    if (count < 0) return broken("read", from);
    if (count == 0) break;
    for (ssize_t at = 0; at < count;) {
      const auto written = ::write(target.get(), piece.data() + at, static_cast<std::size_t>(count - at));
      if (written <= 0) return broken("write", fresh);
      at += written;
    }
  }
  if (::fchmod(target.get(), 0755) != 0 || ::rename(fresh.c_str(), to.c_str()) != 0) return broken("write", to);
  return {};
}

}  // namespace

Result<> install_programs(const std::string& program, const std::string& folder) {
  WL_CHECK_OK(proc::ensure_folder(folder, 0755));
  WL_CHECK_OK(copy_program(program, folder + "/windlass-agent"));
  const std::string worker = program.substr(0, program.rfind('/') + 1) + "windlass-worker";
  if (::access(worker.c_str(), R_OK) == 0) WL_CHECK_OK(copy_program(worker, folder + "/windlass-worker"));
  return {};
}

}  // namespace windlass::agent

// Reading /proc by hand: this is linked into the small agent too, hence no streams.
#include "proc/identity.h"

#include <charconv>
#include <fcntl.h>
#include <unistd.h>

#include "proc/fd.h"

namespace windlass::proc {
namespace {

template <class T>
bool take_number(std::string_view& text, T& out) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

std::optional<ProcStat> parse_proc_stat(std::string_view text) {
  ProcStat stat;
  if (!take_number(text, stat.pid)) return std::nullopt;
  const auto close = text.rfind(')');
  if (close == std::string_view::npos || close + 3 > text.size()) return std::nullopt;
  stat.state = text[close + 2];
  text.remove_prefix(close + 3);
  if (!take_number(text, stat.parent) || !take_number(text, stat.group) || !take_number(text, stat.session)) {
    return std::nullopt;
  }
  for (int field = 7; field < 22; ++field) {
    std::int64_t skipped = 0;
    if (!take_number(text, skipped)) {
      std::uint64_t large = 0;
      if (!take_number(text, large)) return std::nullopt;
    }
  }
  if (!take_number(text, stat.start_time)) return std::nullopt;
  return stat;
}

std::optional<ProcStat> read_proc_stat(std::int64_t pid) {
  Fd file(::open(("/proc/" + std::to_string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return std::nullopt;
  char bytes[1024];
  const auto count = ::read(file.get(), bytes, sizeof bytes);
  if (count <= 0) return std::nullopt;
  return parse_proc_stat(std::string_view(bytes, static_cast<std::size_t>(count)));
}

std::string read_boot_id() {
  Fd file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  char bytes[64];
  const auto count = file.is_open() ? ::read(file.get(), bytes, sizeof bytes) : 0;
  std::string id(bytes, count > 0 ? static_cast<std::size_t>(count) : 0);
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id.empty() ? "unknown-boot" : id;
}

Result<ProcessIdentity> identify(std::int64_t pid) {
  auto stat = read_proc_stat(pid);
  if (!stat) return fail(ErrorKind::not_found, "no process " + std::to_string(pid));
  return ProcessIdentity{pid, stat->start_time, read_boot_id()};
}

bool is_alive(const ProcessIdentity& identity) {
  auto stat = read_proc_stat(identity.pid);
  return stat && stat->start_time == identity.start_time && stat->state != 'Z' && stat->state != 'X' &&
         read_boot_id() == identity.boot_id;
}

std::string format_identity(const ProcessIdentity& identity) {
  return std::to_string(identity.pid) + ' ' + std::to_string(identity.start_time) + ' ' + identity.boot_id;
}

std::optional<ProcessIdentity> parse_identity(std::string_view text) {
  ProcessIdentity identity;
  if (!take_number(text, identity.pid) || !take_number(text, identity.start_time)) return std::nullopt;
  if (text.empty() || text.front() != ' ') return std::nullopt;
  text.remove_prefix(1);
  identity.boot_id = text.substr(0, text.find_first_of(" \n"));
  if (identity.boot_id.empty() || identity.pid <= 0) return std::nullopt;
  return identity;
}

}  // namespace windlass::proc

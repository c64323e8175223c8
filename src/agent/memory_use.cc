#include "agent/memory_use.h"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

#include "proc/fd.h"

namespace windlass::agent {

namespace {

/// More than any machine has: cgroup v1 writes such a number where there is no limit.
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 60U;

std::optional<std::string> text_of(const std::string& path) {
  const proc::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return std::nullopt;
  char bytes[4096];
  const auto count = ::read(file.get(), bytes, sizeof bytes);
  if (count < 0) return std::nullopt;
  return std::string(bytes, static_cast<std::size_t>(count));
}

/// "max" is no number.
std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t out = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  return parsed.ec == std::errc{} ? std::optional(out) : std::nullopt;
}

std::optional<std::uint64_t> number_at(const std::string& path) {
  const auto text = text_of(path);
  return text ? number_in(*text) : std::nullopt;
}

/// "NAME 7" on a line of its own.
std::uint64_t counter_at(const std::string& path, std::string_view name) {
  const auto text = text_of(path);
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ' ') {
      return number_in(line.substr(name.size() + 1)).value_or(0);
    }
  }
  return 0;
}

MemoryUse made_of(std::uint64_t now, std::optional<std::uint64_t> peak, std::optional<std::uint64_t> limit,
                  std::uint64_t kills) {
  MemoryUse out;
  out.peak = std::max(now, peak.value_or(0));
  out.limit = limit && *limit < kNoLimit ? *limit : 0;
  out.kills = kills;
  return out;
}

}  // namespace

std::optional<MemoryUse> read_memory_use(const std::string& root) {
  if (const auto now = number_at(root + "/memory.current")) {
    return made_of(*now, number_at(root + "/memory.peak"), number_at(root + "/memory.max"),
                   counter_at(root + "/memory.events", "oom_kill"));
  }
  const auto first = root + "/memory/memory.";
  if (const auto now = number_at(first + "usage_in_bytes")) {
    return made_of(*now, number_at(first + "max_usage_in_bytes"), number_at(first + "limit_in_bytes"),
                   counter_at(first + "oom_control", "oom_kill"));
  }
  return std::nullopt;
}

}  // namespace windlass::agent

// Which process a number means. A pid alone is used again by the kernel; with its start time and the boot id it is not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace windlass::proc {

struct ProcessIdentity {
  std::int64_t pid = 0;
  std::uint64_t start_time = 0;  ///< clock ticks since boot, field 22 of /proc/PID/stat
  std::string boot_id;

  bool operator==(const ProcessIdentity&) const = default;
};

/// What /proc/PID/stat says, as far as it is used here.
struct ProcStat {
  std::int64_t pid = 0, parent = 0, group = 0, session = 0;
  char state = '?';
  std::uint64_t start_time = 0;
};

/// Pure. Nothing if the text is not such a line; the command's name may hold blanks, parentheses and newlines.
std::optional<ProcStat> parse_proc_stat(std::string_view text);
/// Nothing if there is no such process.
std::optional<ProcStat> read_proc_stat(std::int64_t pid);

/// The kernel's id of this boot, "unknown-boot" where /proc does not tell.
std::string read_boot_id();

/// Errors: not_found (no such process).
[[nodiscard]] Result<ProcessIdentity> identify(std::int64_t pid);
/// True only for that very process; a zombie is not alive.
bool is_alive(const ProcessIdentity& identity);

/// "PID START BOOT", as lock files hold it.
std::string format_identity(const ProcessIdentity& identity);
std::optional<ProcessIdentity> parse_identity(std::string_view text);

}  // namespace windlass::proc

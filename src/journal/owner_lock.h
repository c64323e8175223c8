// Who owns a run: a lock on RUN/owner.lock that dies with the process, and what that process last made durable.
//
// The lock is the kernel's (flock); the file's content is only a hint. Written after each commit, never synced, it can
// lag behind the journal but never run ahead of it, so a journal that ends before it has lost its tail. Source: state
// and resume of `windlass run`; docs/formats/journal.md, "owner.lock".
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "journal/entry.h"

namespace windlass::journal {

struct OwnerHint {
  std::int64_t pid = 0;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t log_bytes = 0;
  Digest chain{};
};

class OwnerLock {
 public:
  /// Takes the lock of the run in `folder`, making the file. `conflict` names the process that has it.
  [[nodiscard]] static Result<OwnerLock> take(const std::string& folder);
  OwnerLock(OwnerLock&& other) noexcept;
  OwnerLock& operator=(OwnerLock&&) = delete;
  OwnerLock(const OwnerLock&) = delete;
  ~OwnerLock();

  /// What the previous owner left; nothing if there was none or the file is torn.
  [[nodiscard]] const std::optional<OwnerHint>& previous() const { return previous_; }
  /// Leaves word of what is durable now. A failure is no error: the hint only lags then.
  void leave(const OwnerHint& hint) const;

 private:
  explicit OwnerLock(int fd) : fd_(fd) {}
  int fd_;
  std::optional<OwnerHint> previous_;
};

/// What the newest owner left, without asking whether it lives; nothing where there was none or the file is torn.
[[nodiscard]] std::optional<OwnerHint> read_hint(const std::string& folder);

struct OwnerProbe {
  bool held = false;
  std::int64_t pid = 0;  ///< of the owner, 0 when it has not said yet
  std::optional<OwnerHint> hint;
};
/// Whether a live process owns the run, without taking it.
[[nodiscard]] OwnerProbe probe_owner(const std::string& folder);

}  // namespace windlass::journal

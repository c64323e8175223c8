// The shim's own journal: who began, who ended, who was forgotten. It survives the shim, not the machine: no fsync
// (the reasons are in docs/formats/agent.md §5).
//
// Each record is one write of one frame and its CRC-32. The invariant: what is read back is a prefix of what was
// written.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "agentproto/messages.h"
#include "base/result.h"
#include "proc/fd.h"

namespace windlass::agent {

/// What a ledger says when read from its beginning.
struct LedgerContent {
  std::string instance, boot_id;  ///< of the shim that wrote it; empty if there was none that left anything
  std::map<std::string, agentproto::Task> tasks;  ///< not forgotten; running ones as they were when they began
  std::map<std::string, std::uint64_t> owners;    ///< greatest epoch of each
};
/// Pure; stops at the first record that is torn or damaged.
LedgerContent read_ledger(std::string_view bytes);

class Ledger {
 public:
  /// Reads what is there. A missing file is an empty ledger. Errors: unavailable (it cannot be read).
  static Result<LedgerContent> load(const std::string& path);
  /// Replaces the file by one with this content, by rename, and keeps it open for appending.
  [[nodiscard]] Result<> rewrite(const std::string& path, const LedgerContent& content);

  [[nodiscard]] Result<> append(const agentproto::Task& task);
  [[nodiscard]] Result<> append(const agentproto::Forget& forget);
  [[nodiscard]] Result<> append(const agentproto::Owner& owner);
  /// The shim ends and leaves no process behind: the next one need not look for any.
  [[nodiscard]] Result<> append_clean_end();
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  template <class Message>
  Result<> append_record(const Message& message);
  proc::Fd file_;
  std::string scratch_;
  std::uint64_t size_ = 0;
};

}  // namespace windlass::agent

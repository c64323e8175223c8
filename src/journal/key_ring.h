// The newest key and those before it, while what they sealed is being sealed anew (rotation without downtime).
//
// Sealed bytes do not say by which key: each is tried, the newest first. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/seal.h"

namespace windlass::journal {

class KeyRing {
 public:
  /// `older`: newest first.
  explicit KeyRing(SealKey newest, std::vector<SealKey> older = {});

  [[nodiscard]] std::string seal(std::string_view context, std::string_view clear) const;
  /// As SealKey::unseal, by any of the keys.
  [[nodiscard]] Result<std::string> unseal(std::string_view context, std::string_view sealed) const;
  /// The same bytes sealed by the newest key; nothing when they are already. Errors: those of unseal().
  [[nodiscard]] Result<std::optional<std::string>> resealed(std::string_view context, std::string_view sealed) const;
  [[nodiscard]] std::string derive(std::string_view purpose) const;
  /// `key` sealed by the newest, and back by any.
  [[nodiscard]] std::string wrap(const SealKey& key, std::string_view context) const;
  [[nodiscard]] Result<SealKey> unwrap(std::string_view context, std::string_view wrapped) const;

  /// From now on `fresh` seals.
  void add(SealKey fresh);
  /// Only the newest opens anything any more.
  void forget_older();
  [[nodiscard]] std::size_t older() const;
  /// Raw bytes of all of them one after the other, newest first: for key files.
  [[nodiscard]] std::string bytes() const;

 private:
  mutable std::mutex mutex_;
  std::vector<SealKey> keys_;  ///< newest first; never empty
};

}  // namespace windlass::journal

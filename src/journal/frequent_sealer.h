// Seals short texts by the thousand with one key: the nonces come from the kernel many at a time, since asking it for
// each one costs more than the sealing.
//
// Not for what lies on a disk: SealKey does that. Invariants: no nonce is used twice, and one that was used is no
// longer in memory; the object is never copied, and a process that forks must not go on with both. Source: seal.h.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journal/seal.h"

namespace windlass::journal {

class FrequentSealer {
 public:
  explicit FrequentSealer(SealKey key) : key_(std::move(key)) {}
  FrequentSealer(const FrequentSealer&) = delete;
  FrequentSealer& operator=(const FrequentSealer&) = delete;

  /// As SealKey::seal(): what the key seals and what this seals is opened by both. One thread at a time.
  [[nodiscard]] std::string seal(std::string_view context, std::string_view clear);
  [[nodiscard]] Result<std::string> unseal(std::string_view context, std::string_view sealed) const {
    return key_.unseal(context, sealed);
  }

 private:
  static constexpr std::size_t kAtOnce = 64;
  const SealKey key_;
  std::array<char, kNonceBytes * kAtOnce> nonces_{};
  std::size_t left_ = 0;
};

}  // namespace windlass::journal

#include "journal/frequent_sealer.h"

#include <sodium.h>

namespace windlass::journal {

std::string FrequentSealer::seal(std::string_view context, std::string_view clear) {
  if (left_ == 0) {
    randombytes_buf(nonces_.data(), nonces_.size());
    left_ = kAtOnce;
  }
  --left_;
  auto* const nonce = nonces_.data() + left_ * kNonceBytes;
  auto out = key_.seal(context, clear, {nonce, kNonceBytes});
  sodium_memzero(nonce, kNonceBytes);
  return out;
}

}  // namespace windlass::journal

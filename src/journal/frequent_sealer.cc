#include "journal/frequent_sealer.h"

#include <cstring>
#include <sodium.h>

namespace windlass::journal {

std::string FrequentSealer::seal(std::string_view context, std::string_view clear) {
  static_assert(kNonce == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
  if (clear.empty()) return {};
  if (left_ == 0) {
    randombytes_buf(nonces_.data(), nonces_.size());
    left_ = kAtOnce;
  }
  --left_;
  std::string out(kNonce + clear.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES, '\0');
  auto* const bytes = reinterpret_cast<unsigned char*>(out.data());
  auto* const nonce = nonces_.data() + left_ * kNonce;
  std::memcpy(bytes, nonce, kNonce);
  sodium_memzero(nonce, kNonce);
  const auto raw = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + kNonce, nullptr, raw(clear), clear.size(), raw(context),
                                             context.size(), nullptr, bytes, raw(key_.bytes()));
  return out;
}

}  // namespace windlass::journal

#include "journal/seal.h"

#include <cstring>
#include <sodium.h>
#include <utility>

namespace windlass::journal {

namespace {

static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == kKeyBytes);
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES ==
              kSealOverhead);

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;

unsigned char* raw(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

}  // namespace

Result<SealKey> SealKey::make() {
  if (sodium_init() < 0) return fail(ErrorKind::internal, {"the cryptography library cannot start", "加密库无法启动"});
  SealKey key;
  randombytes_buf(key.bytes_.data(), key.bytes_.size());
  return key;
}

Result<SealKey> SealKey::from_bytes(std::string_view bytes) {
  if (sodium_init() < 0) return fail(ErrorKind::internal, {"the cryptography library cannot start", "加密库无法启动"});
  if (bytes.size() != kKeyBytes)
    return fail(ErrorKind::invalid, {"a key has 32 bytes, not {}", "密钥应为 32 字节，而不是 {}"}, {bytes.size()});
  SealKey key;
  std::memcpy(key.bytes_.data(), bytes.data(), kKeyBytes);
  return key;
}

SealKey::SealKey(SealKey&& other) noexcept : bytes_(other.bytes_) {
  sodium_memzero(other.bytes_.data(), other.bytes_.size());
}
SealKey& SealKey::operator=(SealKey&& other) noexcept {
  if (this == &other) return *this;
  bytes_ = other.bytes_;
  sodium_memzero(other.bytes_.data(), other.bytes_.size());
  return *this;
}
SealKey::~SealKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

std::string SealKey::seal(std::string_view context, std::string_view clear) const {
  if (clear.empty()) return {};
  std::array<char, kNonce> nonce;
  randombytes_buf(nonce.data(), nonce.size());
  return seal(context, clear, {nonce.data(), nonce.size()});
}

std::string SealKey::seal(std::string_view context, std::string_view clear, std::string_view nonce) const {
  if (clear.empty()) return {};
  std::string out(kNonce + clear.size() + kTag, '\0');
  nonce.copy(out.data(), kNonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(out.data()) + kNonce, nullptr, raw(clear), clear.size(), raw(context),
                                             context.size(), nullptr, raw(out), bytes_.data());
  return out;
}

Result<std::string> SealKey::unseal(std::string_view context, std::string_view sealed) const {
  if (sealed.empty()) return std::string();
  if (sealed.size() < kNonce + kTag) return fail(ErrorKind::corrupt, {"sealed bytes are too short", "密封的数据过短"});
  std::string out(sealed.size() - kNonce - kTag, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(out.data()), nullptr, nullptr, raw(sealed) + kNonce,
                                                 sealed.size() - kNonce, raw(context), context.size(), raw(sealed),
                                                 bytes_.data()) != 0)
    return fail(ErrorKind::corrupt, {"sealed bytes do not open with this key", "此密钥无法打开密封的数据"});
  return out;
}

std::string SealKey::wrap_with(const SealKey& outer, std::string_view context) const {
  return outer.seal(context, bytes());
}

Result<SealKey> SealKey::unwrap(const SealKey& outer, std::string_view context, std::string_view wrapped) {
  auto bytes = WL_TRY(outer.unseal(context, wrapped));
  auto key = from_bytes(bytes);
  wipe(bytes);
  return key;
}

std::string SealKey::derive(std::string_view purpose) const {
  std::string out(kKeyBytes, '\0');
  crypto_generichash(raw(out.data()), out.size(), raw(purpose), purpose.size(), bytes_.data(), bytes_.size());
  return out;
}

Digester::Digester(std::string_view key) {
  static_assert(sizeof(crypto_generichash_state) == sizeof(State) &&
                alignof(State) >= alignof(crypto_generichash_state));
  crypto_generichash_init(reinterpret_cast<crypto_generichash_state*>(&state_), key.empty() ? nullptr : raw(key),
                          key.size(), sizeof(Digest));
}
Digester& Digester::number(std::uint64_t value) {
  unsigned char little[8];
  for (int i = 0; i < 8; ++i) little[i] = static_cast<unsigned char>(value >> (8 * i));
  crypto_generichash_update(reinterpret_cast<crypto_generichash_state*>(&state_), little, sizeof little);
  return *this;
}
Digester& Digester::bytes(std::string_view value) {
  number(value.size());
  crypto_generichash_update(reinterpret_cast<crypto_generichash_state*>(&state_), raw(value), value.size());
  return *this;
}
Digester& Digester::digest(const Digest& value) {
  crypto_generichash_update(reinterpret_cast<crypto_generichash_state*>(&state_), value.data(), value.size());
  return *this;
}
Digest Digester::finish() {
  Digest out;
  crypto_generichash_final(reinterpret_cast<crypto_generichash_state*>(&state_), out.data(), out.size());
  return out;
}

ContentHasher::ContentHasher() {
  static_assert(sizeof(crypto_generichash_state) == sizeof(State));
  crypto_generichash_init(reinterpret_cast<crypto_generichash_state*>(&state_), nullptr, 0, 32);
}
void ContentHasher::add(std::string_view bytes) {
  crypto_generichash_update(reinterpret_cast<crypto_generichash_state*>(&state_), raw(bytes), bytes.size());
}
std::string ContentHasher::finish() {
  std::string out(32, '\0');
  crypto_generichash_final(reinterpret_cast<crypto_generichash_state*>(&state_), raw(out.data()), out.size());
  return out;
}

std::string content_hash(std::string_view bytes) {
  std::string out(32, '\0');
  crypto_generichash(raw(out.data()), out.size(), raw(bytes), bytes.size(), nullptr, 0);
  return out;
}

std::string format_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    out.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  return out;
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  randombytes_buf(out.data(), count);
  return out;
}

void wipe(std::string& secret) {
  sodium_memzero(secret.data(), secret.size());
  secret.clear();
}

}  // namespace windlass::journal

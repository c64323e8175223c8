// Digests and HMAC by Java's names (MessageDigest, Mac). Pure; for checksums and names, not for keeping secrets.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace windlass::text {

/// MD5, SHA-1 (also SHA1, SHA), SHA-224, SHA-256, SHA-384, SHA-512; names in any case. Nothing for other names.
std::optional<std::string> digest(std::string_view algorithm, std::string_view bytes);

/// The same of bytes that come in pieces.
class Digest {
 public:
  /// Nothing for a name that digest() does not know.
  static std::optional<Digest> make(std::string_view algorithm);
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  ~Digest();
  void add(std::string_view bytes);
  /// Of all that was added; once.
  std::string finish();

 private:
  struct State;
  explicit Digest(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// HmacMD5, HmacSHA1, HmacSHA224, HmacSHA256, HmacSHA384, HmacSHA512.
std::optional<std::string> hmac(std::string_view algorithm, std::string_view key, std::string_view bytes);
/// CRC-32 of zip and PNG.
std::uint32_t crc32(std::string_view bytes);

}  // namespace windlass::text

// Sealing of bytes at rest (XChaCha20-Poly1305), the keys for it, and the checksums of the journal (BLAKE2b).
//
// Not a vault: who can read the state folder as its owner can unseal. It keeps secrets out of copied databases and
// makes them unreadable for good once a key is wiped. Invariants: a key's bytes are zeroed when it goes; what is sealed
// for one context does not unseal in another. Source: secrets in the design; docs/formats/journal.md has the layout of
// sealed bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journal/entry.h"

namespace windlass::journal {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kNonceBytes = 24;
inline constexpr std::size_t kSealOverhead = kNonceBytes + 16;  ///< nonce and tag

class SealKey {
 public:
  /// A fresh random key.
  [[nodiscard]] static Result<SealKey> make();
  /// A key from its 32 bytes; `invalid` otherwise.
  [[nodiscard]] static Result<SealKey> from_bytes(std::string_view bytes);
  SealKey(SealKey&& other) noexcept;
  SealKey& operator=(SealKey&& other) noexcept;
  SealKey(const SealKey&) = delete;
  SealKey& operator=(const SealKey&) = delete;
  ~SealKey();

  /// Sealed bytes: nonce, then ciphertext with tag. Empty stays empty.
  [[nodiscard]] std::string seal(std::string_view context, std::string_view clear) const;
  /// The same with a nonce of 24 random bytes, which this key has never been given before.
  [[nodiscard]] std::string seal(std::string_view context, std::string_view clear, std::string_view nonce) const;
  /// `corrupt` when the bytes were changed, belong to another context, or were sealed with another key.
  [[nodiscard]] Result<std::string> unseal(std::string_view context, std::string_view sealed) const;
  /// This key, sealed by another one.
  [[nodiscard]] std::string wrap_with(const SealKey& outer, std::string_view context) const;
  [[nodiscard]] static Result<SealKey> unwrap(const SealKey& outer, std::string_view context, std::string_view wrapped);
  /// 32 bytes that only this key gives for this purpose.
  [[nodiscard]] std::string derive(std::string_view purpose) const;
  /// Raw bytes, for the key file.
  [[nodiscard]] std::string_view bytes() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  SealKey() = default;
  std::array<std::uint8_t, kKeyBytes> bytes_{};
};

/// BLAKE2b over a sequence of numbers and length-prefixed byte strings, so that no two sequences run together.
class Digester {
 public:
  Digester() : Digester(std::string_view{}) {}
  explicit Digester(std::string_view key);
  Digester& number(std::uint64_t value);
  Digester& bytes(std::string_view value);
  Digester& digest(const Digest& value);
  [[nodiscard]] Digest finish();

 private:
  struct alignas(64) State {
    std::array<unsigned char, 384> opaque;
  };
  State state_;
};

/// content_hash() of bytes that come in parts.
class ContentHasher {
 public:
  ContentHasher();
  void add(std::string_view bytes);
  [[nodiscard]] std::string finish();

 private:
  struct alignas(64) State {
    std::array<unsigned char, 384> opaque;
  };
  State state_;
};

/// BLAKE2b-256 of bytes as 32 raw bytes: the name of content.
[[nodiscard]] std::string content_hash(std::string_view bytes);
[[nodiscard]] std::string format_hex(std::string_view bytes);
[[nodiscard]] std::string random_bytes(std::size_t count);
/// Zeroes a string's bytes and empties it.
void wipe(std::string& secret);

}  // namespace windlass::journal

// Makes what a task printed illegible at rest: output files and the heads of outputs in the ledger. A shell may print a
// secret, and the log masks it only when it comes out of here; on disk it must not lie open (threat: a copied state
// folder without its key).
//
// A stream cipher that can begin anywhere, because output is appended and read by offset. The same bytes of the same
// stream always get the same key stream, so nothing is ever enciphered twice with other content. The key is a file of
// its own beside the ledger, like the journal's; it is no protection against who can read the whole folder.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace windlass::agent {

class OutputCipher {
 public:
  static constexpr std::size_t kKeyBytes = 32;

  /// Without a key: to be filled by open().
  OutputCipher() = default;
  /// Reads the key of an agent's state folder, or makes it. Errors: unavailable, corrupt.
  static Result<OutputCipher> open(const std::string& dir);

  /// Enciphers, or deciphers, what stands at `offset` of a task's stream. Its own inverse.
  void apply(std::string_view token, unsigned stream, std::uint64_t offset, char* bytes, std::size_t size) const;
  [[nodiscard]] std::string applied(std::string_view token, unsigned stream, std::string_view bytes) const;

 private:
  std::array<unsigned char, kKeyBytes> key_{};
};

}  // namespace windlass::agent

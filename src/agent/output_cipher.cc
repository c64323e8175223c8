#include "agent/output_cipher.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/state_folder.h"
#include "proc/fd.h"

namespace windlass::agent {

namespace {

constexpr std::size_t kBlock = 64;  ///< of the key stream
constexpr std::size_t kNonce = crypto_stream_xchacha20_NONCEBYTES;
static_assert(OutputCipher::kKeyBytes == crypto_stream_xchacha20_KEYBYTES);

std::array<unsigned char, kNonce> nonce_of(std::string_view token, unsigned stream) {
  std::string name(token);
  name += stream == 0 ? ".log" : ".out";
  std::array<unsigned char, kNonce> nonce;
  crypto_generichash(nonce.data(), nonce.size(), reinterpret_cast<const unsigned char*>(name.data()), name.size(),
                     nullptr, 0);
  return nonce;
}

}  // namespace

Result<OutputCipher> OutputCipher::open(const std::string& dir) {
  if (sodium_init() < 0) return fail(ErrorKind::internal, "the cryptography library cannot start");
  const std::string path = key_path(dir);
  OutputCipher cipher;
  proc::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.is_open()) {
    if (::read(file.get(), cipher.key_.data(), kKeyBytes) == static_cast<ssize_t>(kKeyBytes)) return cipher;
    return fail(ErrorKind::corrupt, path + " is not a whole key; remove it together with the ledger beside it");
  }
  if (errno != ENOENT) return fail(ErrorKind::unavailable, "cannot read " + path + ": " + std::strerror(errno));
  randombytes_buf(cipher.key_.data(), kKeyBytes);
  // Whole or not at all; the lock of the folder is ours, so nobody else makes one.
  const std::string fresh = path + ".new";
  file = proc::Fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.is_open() || ::write(file.get(), cipher.key_.data(), kKeyBytes) != static_cast<ssize_t>(kKeyBytes) ||
      ::rename(fresh.c_str(), path.c_str()) != 0) {
    return fail(ErrorKind::unavailable, "cannot write " + path + ": " + std::strerror(errno));
  }
  return cipher;
}

void OutputCipher::apply(std::string_view token, unsigned stream, std::uint64_t offset, char* bytes,
                         std::size_t size) const {
  const auto nonce = nonce_of(token, stream);
  auto* at = reinterpret_cast<unsigned char*>(bytes);
  // Up to the next border of a block by hand, the rest in one go.
  if (const std::size_t skipped = offset % kBlock; skipped != 0 && size != 0) {
    std::array<unsigned char, kBlock> block{};
    const std::size_t count = std::min(size, kBlock - skipped);
    std::memcpy(block.data() + skipped, at, count);
    crypto_stream_xchacha20_xor_ic(block.data(), block.data(), kBlock, nonce.data(), offset / kBlock, key_.data());
    std::memcpy(at, block.data() + skipped, count);
    at += count;
    size -= count;
    offset += count;
  }
  if (size != 0) crypto_stream_xchacha20_xor_ic(at, at, size, nonce.data(), offset / kBlock, key_.data());
}

std::string OutputCipher::applied(std::string_view token, unsigned stream, std::string_view bytes) const {
  std::string out(bytes);
  apply(token, stream, 0, out.data(), out.size());
  return out;
}

}  // namespace windlass::agent

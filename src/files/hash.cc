// Digests of files and bytes, by nettle: small enough for the static programs that go into pods.
#include <array>
#include <cerrno>
#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <unistd.h>
#include <vector>

#include "files/root.h"

namespace windlass::files {

namespace {

const nettle_hash& description_of(Hash algorithm) {
  switch (algorithm) {
    case Hash::md5:
      return nettle_md5;
    case Hash::sha1:
      return nettle_sha1;
    case Hash::sha256:
      return nettle_sha256;
    case Hash::sha512:
      break;
  }
  return nettle_sha512;
}

class Digest {
 public:
  explicit Digest(Hash algorithm) : hash_(description_of(algorithm)) { hash_.init(&state_); }
  void add(const char* bytes, std::size_t size) {
    hash_.update(&state_, size, reinterpret_cast<const std::uint8_t*>(bytes));
  }
  std::string finish() {
    std::array<std::uint8_t, SHA512_DIGEST_SIZE> digest{};
    hash_.digest(&state_, hash_.digest_size, digest.data());
    constexpr char kHex[] = "0123456789abcdef";
    std::string out;
    for (unsigned int i = 0; i < hash_.digest_size; ++i) {
      out += kHex[digest[i] >> 4];
      out += kHex[digest[i] & 15];
    }
    return out;
  }

 private:
  const nettle_hash& hash_;
  union {
    md5_ctx md5;
    sha1_ctx sha1;
    sha256_ctx sha256;
    sha512_ctx sha512;
  } state_;
};

}  // namespace

std::string hash_bytes(std::string_view bytes, Hash algorithm) {
  Digest digest(algorithm);
  digest.add(bytes.data(), bytes.size());
  return digest.finish();
}

Result<std::string> Root::hash(std::string_view path, Hash algorithm) const {
  const Fd fd = WL_TRY(open_read(path));
  Digest digest(algorithm);
  std::vector<char> buffer(65536);
  for (;;) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(make_error(errno, "read", path));
    if (count == 0) return digest.finish();
    digest.add(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::optional<Hash> find_hash(std::string_view java_name) {
  if (java_name == "MD5") return Hash::md5;
  if (java_name == "SHA-1") return Hash::sha1;
  if (java_name == "SHA-256") return Hash::sha256;
  if (java_name == "SHA-512") return Hash::sha512;
  return std::nullopt;
}

}  // namespace windlass::files

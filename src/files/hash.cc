// Digests of files and bytes, by OpenSSL.
#include <cerrno>
#include <memory>
#include <openssl/evp.h>
#include <unistd.h>

#include "files/root.h"

namespace windlass::files {

namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

Context start(Hash algorithm) {
  const EVP_MD* digest = nullptr;
  switch (algorithm) {
    case Hash::md5:
      digest = EVP_md5();
      break;
    case Hash::sha1:
      digest = EVP_sha1();
      break;
    case Hash::sha256:
      digest = EVP_sha256();
      break;
    case Hash::sha512:
      digest = EVP_sha512();
      break;
  }
  Context context(EVP_MD_CTX_new());
  if (!context || EVP_DigestInit_ex(context.get(), digest, nullptr) != 1) return nullptr;
  return context;
}

std::string finish(EVP_MD_CTX* context) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(context, digest, &size);
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    out += kHex[digest[i] >> 4];
    out += kHex[digest[i] & 15];
  }
  return out;
}

}  // namespace

std::string hash_bytes(std::string_view bytes, Hash algorithm) {
  const Context context = start(algorithm);
  if (!context) return {};
  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
  return finish(context.get());
}

Result<std::string> Root::hash(std::string_view path, Hash algorithm) const {
  const Fd fd = WL_TRY(open_read(path));
  const Context context = start(algorithm);
  if (!context) return fail(ErrorKind::unsupported, "this system's OpenSSL does not offer the digest");
  char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(fd.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(make_error(errno, "read", path));
    if (count == 0) return finish(context.get());
    EVP_DigestUpdate(context.get(), buffer, static_cast<std::size_t>(count));
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

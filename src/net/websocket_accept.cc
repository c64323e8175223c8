#include "net/websocket_accept.h"

#include <array>
#include <openssl/evp.h>

namespace windlass::net {

std::string websocket_accept(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, 20> digest{};
  ::EVP_Digest(text.data(), text.size(), digest.data(), nullptr, ::EVP_sha1(), nullptr);
  std::array<unsigned char, 32> out{};
  const int size = ::EVP_EncodeBlock(out.data(), digest.data(), digest.size());
  return {reinterpret_cast<const char*>(out.data()), static_cast<std::size_t>(size)};
}

}  // namespace windlass::net

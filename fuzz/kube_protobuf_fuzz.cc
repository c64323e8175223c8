// links: windlass::kubeapi
// Any bytes as a protobuf body: refused or an object, never outside of the bytes.
#include <cstddef>
#include <cstdint>
#include <string>

#include "kubeapi/protobuf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string body("k8s\0", 4);
  body.append(reinterpret_cast<const char*>(data), size);
  (void)windlass::kubeapi::decode_protobuf(body);
  return 0;
}

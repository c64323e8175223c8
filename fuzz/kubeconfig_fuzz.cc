// links: windlass::kube
// Any bytes as a kubeconfig: no crash; what is refused is refused with one sentence, whatever context is asked for.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kube/kubeconfig.h"

using namespace windlass;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  auto config = kube::read_kubeconfig(text, "config", "/folder");
  if (!config) {
    if (config.error().message.empty() || config.error().message.find('\n') != std::string::npos) __builtin_trap();
    return 0;
  }
  const auto contexts = config->contexts;
  for (const auto& one : contexts) {
    const auto access = kube::select_context(*config, one.name);
    if (access && access->server.host.empty()) __builtin_trap();
    if (access && access->identity.certificate.empty() != access->identity.key.empty()) __builtin_trap();
  }
  auto twice = *config;
  kube::merge_kubeconfig(twice, std::move(*config));
  if (twice.contexts.size() != contexts.size()) __builtin_trap();
  return 0;
}

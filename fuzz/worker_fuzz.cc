// links: windlass::steps
// The first byte chooses: requests as the worker reads them, or its output as the server does, in two cuts. What the
// decoder lets through is checked again here: files below the folders of the effect only.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "steps/remote_effect.h"

namespace {

class CheckingSink final : public windlass::steps::FileSink {
 public:
  windlass::Result<> begin(const std::string& path, std::uint32_t mode, std::int64_t) override {
    if (mode > 0777U || !path.starts_with("artifacts/") || ("/" + path + "/").find("/../") != std::string::npos ||
        path.find('\0') != std::string::npos) {
      std::abort();
    }
    return {};
  }
  windlass::Result<> bytes(std::string_view) override { return {}; }
  windlass::Result<> end() override { return {}; }
  windlass::Result<> clear(const std::string&) override { std::abort(); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  if ((data[0] & 1U) != 0) {
    const auto request = windlass::steps::decode_request(input);
    if (!request) return 0;
    const auto document = windlass::steps::encode_request_document(*request);
    const auto again = windlass::steps::decode_request(document);
    if (!again || windlass::steps::encode_request_document(*again) != document) std::abort();
    static_cast<void>(windlass::steps::credential_ids(request->arguments));
    return 0;
  }
  CheckingSink sink;
  windlass::steps::OutputDecoder decoder({.effect = "archiveArtifacts", .max_file_bytes = 1000, .max_files = 3}, sink);
  const auto cut = input.empty() ? 0 : (data[0] >> 1U) % input.size();
  if (!decoder.push(input.substr(0, cut)) || !decoder.push(input.substr(cut))) return 0;
  if (const auto outcome = decoder.outcome(); outcome && *outcome) {
    for (const auto& record : (*outcome)->records) {
      if (record.kind != "artifact" && record.kind != "fingerprint") std::abort();
    }
  }
  return 0;
}
